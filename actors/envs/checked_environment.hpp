#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/envs/environment.hpp"

namespace dyna::envs {

/// Guards the border of a leaf, so that leaves need not: refuses actions of the wrong size, not
/// finite or not a valid index, and states of the wrong size or not finite; and turns an
/// observation or reward that is not finite into an EnvironmentError naming the environment, the
/// step of the episode (from 1) and the value, before anything learns from it. After such an error
/// only Reset or Restore are meaningful.
class CheckedEnvironment final : public Environment {
 public:
  explicit CheckedEnvironment(std::unique_ptr<Environment> inner);

  const EnvSpec& spec() const noexcept override { return inner_->spec(); }
  void Reset(Rng& rng) override;
  void Announce(std::span<const double> action) override;
  StepResult Step(std::span<const double> action, Rng& rng) override;
  void Observe(std::span<double> obs) const override;
  void SetState(std::span<const double> state) override;
  /// The leaf's, then the step of the episode.
  std::vector<double> Snapshot() const override;
  void Restore(std::span<const double> snapshot) override;
  std::optional<Image> Render() override { return inner_->Render(); }
  std::string Info() override { return inner_->Info(); }

 private:
  void CheckAction(std::span<const double> action) const;
  /// Reads the leaf's observation into obs_; throws unless finite.
  void ReadObservation();
  [[noreturn]] void Fail(const std::string& what, double value) const;

  std::unique_ptr<Environment> inner_;
  std::vector<double> obs_;  ///< [O] of the current state; zeros before the first Reset
  std::int64_t step_ = 0;    ///< steps made in this episode
};

}  // namespace dyna::envs
