#include "common/rules/reaching.hpp"

#include <cmath>

#include "common/rules/finite.hpp"
#include "common/rules/vectors.hpp"

namespace dyna::rules {
namespace {

using Values = std::span<const double>;

constexpr std::size_t kOffsetColumn = 8;  // of Reacher's observation
constexpr std::size_t kTipColumn = 14;    // of Pusher's; object and goal follow

bool Terminated(Values, Values, Values next_obs) { return !AllFinite(next_obs); }

double ReacherRule(Values obs, Values action, Values next_obs) {
  if (!AllFinite(obs, action, next_obs)) return kNotANumber;
  return ReacherReward(obs.subspan(kOffsetColumn, 3), action);
}

double PusherRule(Values obs, Values action, Values next_obs) {
  if (!AllFinite(obs, action, next_obs)) return kNotANumber;
  return PusherReward(obs.subspan(kTipColumn, 3), obs.subspan(kTipColumn + 3, 3),
                      obs.subspan(kTipColumn + 6, 3), action);
}

}  // namespace

double ReacherReward(std::span<const double> offset, std::span<const double> action) noexcept {
  return -std::sqrt(SquaredNorm(offset)) - SquaredNorm(action);
}

double PusherReward(std::span<const double> tip, std::span<const double> object,
                    std::span<const double> goal, std::span<const double> action) noexcept {
  return -Distance(object, goal) - 0.1 * SquaredNorm(action) - 0.5 * Distance(object, tip);
}

Rules ReacherRules() noexcept { return {.terminated = Terminated, .reward = ReacherRule}; }

Rules PusherRules() noexcept { return {.terminated = Terminated, .reward = PusherRule}; }

}  // namespace dyna::rules
