#include "learner/pacing/update_limit.hpp"

#include <cmath>
#include <string>

namespace dyna::learner {

double UpdateLimit::Due(std::uint64_t steps) const noexcept {
  const double counted = static_cast<double>(steps) - static_cast<double>(options_.learning_starts);
  return options_.updates_per_step * counted;
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
