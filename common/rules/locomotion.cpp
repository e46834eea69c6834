#include "common/rules/locomotion.hpp"

#include <algorithm>
#include <cmath>

#include "common/rules/finite.hpp"

namespace dyna::rules {
namespace {

constexpr std::size_t kHopperPositions = 5;  // of the observation; velocities follow

using Values = std::span<const double>;

bool HopperTerminated(Values, Values, Values next_obs) {
  return !AllFinite(next_obs) ||
         !HopperHealthy(next_obs.first(kHopperPositions), next_obs.subspan(kHopperPositions));
}

bool Walker2dTerminated(Values, Values, Values next_obs) {
  return !AllFinite(next_obs) || !Walker2dHealthy(next_obs[0], next_obs[1]);
}

bool EndlessTerminated(Values, Values, Values next_obs) { return !AllFinite(next_obs); }

/// The height is the first column of the observation.
template <bool (*kHealthy)(double) noexcept>
bool HeightTerminated(Values, Values, Values next_obs) {
  return !AllFinite(next_obs) || !kHealthy(next_obs[0]);
}

}  // namespace

bool HopperHealthy(std::span<const double> qpos, std::span<const double> qvel) noexcept {
  const auto inside = [](double value) { return std::abs(value) < 100.0; };
  return std::all_of(qpos.begin() + 1, qpos.end(), inside) &&
         std::all_of(qvel.begin(), qvel.end(), inside) && qpos[0] > 0.7 && std::abs(qpos[1]) < 0.2;
}

bool Walker2dHealthy(double z, double angle) noexcept {
  return 0.8 < z && z < 2.0 && std::abs(angle) < 1.0;
}

bool AntHealthy(double z) noexcept { return 0.2 <= z && z <= 1.0; }

bool HumanoidHealthy(double z) noexcept { return 1.0 < z && z < 2.0; }

bool HumanoidTruncatedHealthy(double z) noexcept { return 1.0 <= z && z <= 2.0; }

Rules HopperRules() noexcept { return {.terminated = HopperTerminated}; }

Rules Walker2dRules() noexcept { return {.terminated = Walker2dTerminated}; }

Rules EndlessRules() noexcept { return {.terminated = EndlessTerminated}; }

Rules AntRules() noexcept { return {.terminated = HeightTerminated<AntHealthy>}; }

Rules HumanoidRules() noexcept { return {.terminated = HeightTerminated<HumanoidHealthy>}; }

Rules HumanoidTruncatedRules() noexcept {
  return {.terminated = HeightTerminated<HumanoidTruncatedHealthy>};
}

}  // namespace dyna::rules
