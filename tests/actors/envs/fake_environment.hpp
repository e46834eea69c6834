#pragma once

#include <vector>

#include "actors/envs/environment.hpp"

namespace dyna::envs {

/// A counter as an environment: one observation, the number of steps since Reset or SetState.
/// Tests script what the step results and the observation turn into.
class FakeEnvironment final : public Environment {
 public:
  EnvSpec fake_spec = {.name = "Fake",
                       .observation = Space::Box({0.0, 0.0}, {1e9, 1e9}),
                       .action = Space::Box({-1.0}, {1.0}),
                       .state_names = {"count"}};
  double reward = 0.0;
  double second_observation = 0.0;
  double terminate_at = -1.0;  ///< count of the terminating step

  const EnvSpec& spec() const noexcept override { return fake_spec; }
  void Reset(Rng& /*rng*/) override { count_ = 0.0; }
  StepResult Step(std::span<const double> /*action*/, Rng& /*rng*/) override {
    count_ += 1.0;
    return {.reward = reward, .terminated = count_ == terminate_at};
  }
  void Observe(std::span<double> obs) const override {
    obs[0] = count_;
    obs[1] = second_observation;
  }
  void SetState(std::span<const double> state) override { count_ = state[0]; }
  std::vector<double> Snapshot() const override { return {count_}; }
  void Restore(std::span<const double> snapshot) override { count_ = snapshot[0]; }

 private:
  double count_ = 0.0;
};

}  // namespace dyna::envs
