#pragma once

#include <cstdint>
#include <memory>

#include "common/core/env_spec.hpp"
#include "learner/algorithms/algorithm.hpp"
#include "learner/algorithms/dhmbpo/dhmbpo_options.hpp"

namespace dyna::learner {
class WorldModel;
}  // namespace dyna::learner

namespace dyna::learner::dhmbpo {

/// Double-horizon model-based policy optimisation (Kubo et al., TMLR 2025): long rollouts without
/// gradients give the states to learn in, short differentiable ones from there give the critics'
/// targets and the actor's gradient. docs/dhmbpo.md says what its settings make of it.
///
/// It learns in blocks: when block_steps new real rows have come, the observation scale is frozen
/// anew, the optimisers start afresh and the critics are warmed up. Update():
///   1. read new real rows;  2. take the newest model;  3. begin a block if one is due
///   4. every refresh_every updates: a distribution rollout from real states
///   5. roll H steps from B of its states;  6. critics, bounds and targets;  7. actor, temperature
/// Actions are in [-1, 1] here, mapped to the action box by its centre and half-width.
class DhmbpoAlgorithm final : public Algorithm {
 public:
  /// ConfigError unless observations are a box and actions a bounded one. `model` may be null
  /// where options.uses_model() is false.
  DhmbpoAlgorithm(const EnvSpec& spec, const Options& options, std::uint64_t seed,
                  std::unique_ptr<WorldModel> model);
  ~DhmbpoAlgorithm() override;

  /// kBackpressure while there is no model yet. DivergenceError when a loss or the actor's gradient
  /// is not finite or above loss_max; no weights hold it.
  Status Update(BatchSource& source) override;
  nn::PolicyWeights ActWeights() const override;
  /// critic_loss (mean square of all critics), actor_loss, alpha, entropy (nats, first step),
  /// q_mean (of (s_0, a_0)), q_low and q_high (bounds), actor_gradient_norm, states (that the
  /// distribution buffer holds).
  Losses LastLosses() const override;
  void Save(StateDict& state) const override;
  void Load(const StateDict& state) override;

 private:
  struct Impl;  // keeps torch out of this header
  std::unique_ptr<Impl> impl_;
};

}  // namespace dyna::learner::dhmbpo
