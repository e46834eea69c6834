#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "actors/envs/environment.hpp"
#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna::envs {

/// The nearest float32, widened: Gymnasium's bounds are float32 arrays, and a state rounded to
/// float32 may lie that far outside the double bound.
inline double FloatBound(double bound) { return static_cast<double>(static_cast<float>(bound)); }

/// What environments with N real state variables share: the state, its snapshot, its limits.
/// A leaf adds Reset, Step and Observe.
template <std::size_t N>
class StateVectorEnvironment : public Environment {
 public:
  using State = std::array<double, N>;

  const EnvSpec& spec() const noexcept final { return spec_; }

  void SetState(std::span<const double> state) override {
    DYNA_CHECK(state.size() == N);
    for (std::size_t i = 0; i < N; ++i) {
      if (state[i] < low_[i] || state[i] > high_[i]) RefuseState(i, state[i]);
    }
    std::copy(state.begin(), state.end(), state_.begin());
  }

  std::vector<double> Snapshot() const override { return {state_.begin(), state_.end()}; }

  void Restore(std::span<const double> snapshot) override {
    if (snapshot.size() != N) RefuseSnapshot(snapshot.size(), N);
    std::copy(snapshot.begin(), snapshot.end(), state_.begin());
  }

 protected:
  /// States outside [low, high] are impossible; infinite limits allow everything.
  StateVectorEnvironment(EnvSpec spec, const State& low, const State& high)
      : spec_(std::move(spec)), low_(low), high_(high) {
    DYNA_CHECK(spec_.state_names.size() == N);
  }

  [[noreturn]] void RefuseSnapshot(std::size_t size, std::size_t expected) const {
    throw CheckpointError("snapshot of " + spec_.name + " has " + std::to_string(size) +
                          " values, not " + std::to_string(expected));
  }

  State state_ = {};

 private:
  [[noreturn]] void RefuseState(std::size_t i, double value) const {
    std::ostringstream message;
    message << "state of " << spec_.name << ": " << spec_.state_names[i] << " = " << value
            << " is not in [" << low_[i] << ", " << high_[i] << "]";
    throw EnvironmentError(message.str());
  }

  const EnvSpec spec_;
  const State low_;
  const State high_;
};

}  // namespace dyna::envs
