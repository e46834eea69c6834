#include "actors/envs/time_limit.hpp"

#include <utility>

#include "actors/envs/snapshot_count.hpp"
#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna::envs {

TimeLimit::TimeLimit(std::unique_ptr<Environment> inner, std::int64_t max_steps)
    : inner_(std::move(inner)), spec_(inner_->spec()) {
  DYNA_CHECK(max_steps >= 0);
  spec_.max_episode_steps = max_steps;
}

void TimeLimit::Reset(Rng& rng) {
  steps_ = 0;
  inner_->Reset(rng);
}

StepResult TimeLimit::Step(std::span<const double> action, Rng& rng) {
  StepResult result = inner_->Step(action, rng);
  ++steps_;
  const bool limited = spec_.max_episode_steps > 0 && steps_ >= spec_.max_episode_steps;
  if (limited && !result.terminated) result.truncated = true;
  return result;
}

std::vector<double> TimeLimit::Snapshot() const {
  std::vector<double> snapshot = inner_->Snapshot();
  snapshot.push_back(static_cast<double>(steps_));
  return snapshot;
}

void TimeLimit::Restore(std::span<const double> snapshot) {
  if (snapshot.empty()) throw CheckpointError("snapshot of " + spec_.name + " is empty");
  inner_->Restore(snapshot.first(snapshot.size() - 1));
  steps_ = CountFromSnapshot(snapshot.back(), spec_.name);
}

}  // namespace dyna::envs
