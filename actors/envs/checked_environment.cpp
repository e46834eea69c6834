#include "actors/envs/checked_environment.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <utility>

#include "actors/envs/snapshot_count.hpp"
#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna::envs {
namespace {

std::string Join(std::span<const double> values) {
  std::ostringstream out;
  for (std::size_t i = 0; i < values.size(); ++i) out << (i == 0 ? "" : ", ") << values[i];
  return out.str();
}

/// False for NaN and for what replay could not store.
bool FitsFloat32(double value) { return std::abs(value) <= std::numeric_limits<float>::max(); }

/// Index of the first value that is not finite, or the size.
std::size_t FirstNotFinite(std::span<const double> values) {
  const auto bad =
      std::find_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); });
  return static_cast<std::size_t>(bad - values.begin());
}

}  // namespace

CheckedEnvironment::CheckedEnvironment(std::unique_ptr<Environment> inner)
    : inner_(std::move(inner)),
      obs_(static_cast<std::size_t>(inner_->spec().observation.columns()), 0.0) {}

void CheckedEnvironment::Reset(Rng& rng) {
  step_ = 0;
  inner_->Reset(rng);
  ReadObservation();
}

void CheckedEnvironment::Announce(std::span<const double> action) {
  CheckAction(action);
  inner_->Announce(action);
}

StepResult CheckedEnvironment::Step(std::span<const double> action, Rng& rng) {
  CheckAction(action);
  const StepResult result = inner_->Step(action, rng);
  ++step_;
  if (!FitsFloat32(result.reward)) Fail("reward", result.reward);
  ReadObservation();
  return result;
}

void CheckedEnvironment::Observe(std::span<double> obs) const {
  DYNA_CHECK(obs.size() == obs_.size());
  std::copy(obs_.begin(), obs_.end(), obs.begin());
}

void CheckedEnvironment::SetState(std::span<const double> state) {
  const auto& names = spec().state_names;
  if (state.size() != names.size()) {
    std::string expected;
    for (const auto& name : names) expected += (expected.empty() ? "" : ", ") + name;
    throw EnvironmentError("state of " + spec().name + " has " + std::to_string(state.size()) +
                           " values, not " + std::to_string(names.size()) + " (" + expected + ")");
  }
  if (const std::size_t bad = FirstNotFinite(state); bad < state.size()) {
    throw EnvironmentError("state of " + spec().name + ": " + names[bad] + " = " +
                           Join(state.subspan(bad, 1)) + " is not finite");
  }
  inner_->SetState(state);
  ReadObservation();
}

std::vector<double> CheckedEnvironment::Snapshot() const {
  std::vector<double> snapshot = inner_->Snapshot();
  snapshot.push_back(static_cast<double>(step_));
  return snapshot;
}

void CheckedEnvironment::Restore(std::span<const double> snapshot) {
  if (const std::size_t bad = FirstNotFinite(snapshot); snapshot.empty() || bad < snapshot.size()) {
    throw CheckpointError("snapshot of " + spec().name + " is empty or not finite");
  }
  inner_->Restore(snapshot.first(snapshot.size() - 1));
  step_ = CountFromSnapshot(snapshot.back(), spec().name);
  ReadObservation();
}

void CheckedEnvironment::CheckAction(std::span<const double> action) const {
  const Space& space = spec().action;
  if (static_cast<std::int64_t>(action.size()) != space.columns()) {
    throw EnvironmentError("action of " + spec().name + " has " + std::to_string(action.size()) +
                           " values, not " + std::to_string(space.columns()));
  }
  const bool valid =
      space.discrete() ? space.Contains(action) : FirstNotFinite(action) == action.size();
  if (!valid) {
    throw EnvironmentError(
        "action [" + Join(action) + "] of " + spec().name +
        (space.discrete() ? " is not in " + space.ToString() : std::string(" is not finite")));
  }
}

void CheckedEnvironment::ReadObservation() {
  inner_->Observe(obs_);
  for (std::size_t i = 0; i < obs_.size(); ++i) {
    if (!FitsFloat32(obs_[i])) Fail("observation[" + std::to_string(i) + "]", obs_[i]);
  }
}

void CheckedEnvironment::Fail(const std::string& what, double value) const {
  throw EnvironmentError("environment " + spec().name + ", step " + std::to_string(step_) + ": " +
                         what + " = " + Join({&value, 1}) +
                         (std::isfinite(value) ? " does not fit in float32" : " is not finite"));
}

}  // namespace dyna::envs
