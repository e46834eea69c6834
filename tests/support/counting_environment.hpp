#pragma once

#include <cmath>
#include <vector>

#include "actors/envs/environment.hpp"

namespace dyna::testing_support {

/// A fake whose every number can be predicted: obs = [steps in the episode, episodes begun],
/// reward = the action, terminated after `length` steps or truncated after `limit` (0 = never).
class CountingEnvironment : public envs::Environment {
 public:
  explicit CountingEnvironment(int length, int limit = 0) : length_(length), limit_(limit) {
    spec_.name = "Counting";
    spec_.observation = Space::Box({0, 0}, {1e9, 1e9});
    spec_.action = Space::Box({-2}, {2});
    spec_.state_names = {"t", "episode"};
  }

  const EnvSpec& spec() const noexcept override { return spec_; }
  void Reset(Rng& rng) override {
    (void)rng();  // as real ones do: a start state costs random numbers
    t_ = 0;
    ++episode_;
  }
  envs::StepResult Step(std::span<const double> action, Rng& /*rng*/) override {
    ++t_;
    return {
        .reward = action[0], .terminated = t_ == length_, .truncated = limit_ > 0 && t_ == limit_};
  }
  void Observe(std::span<double> obs) const override {
    obs[0] = t_;
    obs[1] = episode_;
  }
  void SetState(std::span<const double> state) override { Restore(state); }
  std::vector<double> Snapshot() const override {
    return {static_cast<double>(t_), static_cast<double>(episode_)};
  }
  void Restore(std::span<const double> snapshot) override {
    t_ = static_cast<int>(snapshot[0]);
    episode_ = static_cast<int>(snapshot[1]);
  }

 private:
  EnvSpec spec_;
  int length_;
  int limit_;
  int t_ = 0;
  int episode_ = 0;
};

}  // namespace dyna::testing_support
