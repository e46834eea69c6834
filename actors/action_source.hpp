#pragma once

#include <cstdint>
#include <memory>

#include "common/core/env_spec.hpp"
#include "common/core/matrix.hpp"
#include "common/core/rng.hpp"
#include "common/nn/policy.hpp"

namespace dyna::actors {

/// Chooses the actions of an actor: a policy network here, a planner elsewhere.
/// Single-threaded.
class ActionSource {
 public:
  virtual ~ActionSource() = default;
  /// Actions [N,A] in environment units for observations [N,O].
  virtual RowMatrix Act(const RowMatrix& obs, Rng& rng) = 0;
};

/// Uniform over the action space. A box without finite bounds is the operator's mistake.
class UniformActions : public ActionSource {
 public:
  explicit UniformActions(const EnvSpec& spec);
  RowMatrix Act(const RowMatrix& obs, Rng& rng) override;

 private:
  Space space_;
};

/// The current policy: its greedy choice, or exploring (sampled, or epsilon-greedy).
class PolicyActions : public ActionSource {
 public:
  PolicyActions(const nn::Policy& policy, bool deterministic, double epsilon)
      : policy_(policy), deterministic_(deterministic), epsilon_(epsilon) {}
  RowMatrix Act(const RowMatrix& obs, Rng& rng) override {
    return policy_.Act(obs, deterministic_, epsilon_, rng);
  }

 private:
  const nn::Policy& policy_;
  bool deterministic_;
  double epsilon_;
};

}  // namespace dyna::actors
