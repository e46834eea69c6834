#include "learner/pacing/update_limit.hpp"

#include <cmath>
#include <string>

namespace dyna::learner {

double UpdateLimit::Due(std::uint64_t steps) const noexcept {
  const auto starts = static_cast<std::uint64_t>(options_.learning_starts);
  if (steps < starts) return 0.0;
  const std::uint64_t since = steps - starts;
  const std::uint64_t counted = since - since % static_cast<std::uint64_t>(options_.burst_steps) +
                                (options_.first_steps_count ? starts : 0);
  return options_.updates_per_step * static_cast<double>(counted);
}

Status UpdateLimit::Admit(std::int64_t updates, std::uint64_t steps) const {
  if (static_cast<double>(updates + forgone_) + 1.0 <= Due(steps)) return Done{};
  return Error{ErrorCode::kBackpressure, "learner.updates_per_step: " + std::to_string(updates) +
                                             " updates at " + std::to_string(steps) +
                                             " real steps"};
}

void UpdateLimit::Forgo(std::int64_t updates, std::uint64_t steps, std::int64_t updates_kept) {
  const auto due = static_cast<std::int64_t>(std::floor(Due(steps))) - updates - forgone_;
  if (due > updates_kept) forgone_ += due - updates_kept;
}

void UpdateLimit::Save(StateDict& state) const {
  if (forgone_ != 0) state.PutScalar<std::int64_t>("forgone", forgone_);
}

void UpdateLimit::Load(const StateDict& state) {
  forgone_ = state.Has("forgone") ? state.GetScalar<std::int64_t>("forgone") : 0;
}

}  // namespace dyna::learner
