#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "actors/envs/environment.hpp"

namespace dyna::envs {

/// Ends episodes after `max_steps` steps by setting `truncated`, and nothing else. A step that
/// terminates is never truncated too: the bootstrap is cut for the better reason.
/// Stepping on past the limit stays truncated. SetState does not touch the count. A limit of 0
/// never truncates, and still counts: a snapshot has one shape whatever the limit.
class TimeLimit final : public Environment {
 public:
  /// max_steps >= 0. spec() is the inner one's with this limit.
  TimeLimit(std::unique_ptr<Environment> inner, std::int64_t max_steps);

  const EnvSpec& spec() const noexcept override { return spec_; }
  void Reset(Rng& rng) override;
  void Announce(std::span<const double> action) override { inner_->Announce(action); }
  StepResult Step(std::span<const double> action, Rng& rng) override;
  void Observe(std::span<double> obs) const override { inner_->Observe(obs); }
  void SetState(std::span<const double> state) override { inner_->SetState(state); }
  /// The inner one's, then the count.
  std::vector<double> Snapshot() const override;
  void Restore(std::span<const double> snapshot) override;
  std::optional<Image> Render() override { return inner_->Render(); }
  std::string Info() override { return inner_->Info(); }

 private:
  std::unique_ptr<Environment> inner_;
  EnvSpec spec_;
  std::int64_t steps_ = 0;  ///< in this episode
};

}  // namespace dyna::envs
