#include "common/rules/mountain_car.hpp"

#include "common/rules/finite.hpp"

namespace dyna::rules {
namespace {

bool TerminatedAt(std::span<const double> next_obs, double goal) noexcept {
  return !AllFinite(next_obs) || MountainCarArrived(next_obs[0], next_obs[1], goal);
}

bool Terminated(std::span<const double>, std::span<const double>,
                std::span<const double> next_obs) {
  return TerminatedAt(next_obs, kMountainCarGoal);
}

double Reward(std::span<const double> obs, std::span<const double> action,
              std::span<const double> next_obs) {
  return AllFinite(obs, action, next_obs) ? -1.0 : kNotANumber;
}

bool TerminatedContinuous(std::span<const double>, std::span<const double>,
                          std::span<const double> next_obs) {
  return TerminatedAt(next_obs, kMountainCarContinuousGoal);
}

double RewardContinuous(std::span<const double> obs, std::span<const double> action,
                        std::span<const double> next_obs) {
  if (!AllFinite(obs, action, next_obs)) return kNotANumber;
  return MountainCarContinuousReward(action[0], TerminatedAt(next_obs, kMountainCarContinuousGoal));
}

}  // namespace

bool MountainCarArrived(double position, double velocity, double goal) noexcept {
  return position >= goal && velocity >= 0.0;
}

double MountainCarContinuousReward(double action, bool arrived) noexcept {
  return (arrived ? 100.0 : 0.0) - 0.1 * (action * action);
}

Rules MountainCarRules() noexcept { return {.terminated = Terminated, .reward = Reward}; }

Rules MountainCarContinuousRules() noexcept {
  return {.terminated = TerminatedContinuous, .reward = RewardContinuous};
}

}  // namespace dyna::rules
