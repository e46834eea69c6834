#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "common/core/transition_batch.hpp"
#include "learner/algorithms/batch_source.hpp"
#include "learner/algorithms/dhmbpo/actor.hpp"
#include "learner/algorithms/dhmbpo/critics.hpp"
#include "learner/algorithms/dhmbpo/dhmbpo_algorithm.hpp"
#include "learner/algorithms/dhmbpo/observation_statistics.hpp"
#include "learner/algorithms/dhmbpo/q_bounds.hpp"
#include "learner/algorithms/dhmbpo/rollout.hpp"
#include "learner/algorithms/dhmbpo/state_ring.hpp"
#include "learner/algorithms/world_model.hpp"

namespace dyna::learner::dhmbpo {

// Positions of the losses.
enum : std::size_t { kCriticLoss, kActorLoss, kEntropy, kQMean, kActorGradient, kLossCount };

/// Rows that the critics regress on: where, and what they should say there.
struct Regression {
  at::Tensor input = {};   ///< [B,O+A] normalised state and action
  at::Tensor target = {};  ///< [B]
};

struct DhmbpoAlgorithm::Impl {
  Impl(const EnvSpec& spec, const Options& options_in, std::uint64_t seed,
       std::unique_ptr<WorldModel> model_in);

  float alpha() const;
  Roller roller() const { return {.actor = actor, .model = model.get(), .scales = scales}; }
  at::Tensor CriticInput(const at::Tensor& obs, const at::Tensor& action) const;
  /// Q [C,B] by parameters of the critics' layout.
  at::Tensor Values(const std::vector<at::Tensor>& parameters, const at::Tensor& input,
                    Rng* drop) const;
  /// Cut to the bounds: the least of the drawn targets' values of (obs, action), [B].
  at::Tensor TargetValue(const at::Tensor& obs, const at::Tensor& action);

  Status ReadNewRows(BatchSource& source);
  void BeginBlock();
  void FreezeScales();
  void ResetOptimizers();
  Status RefreshStates(BatchSource& source);
  Status WarmUpCritics(BatchSource& source);
  /// One update, from imagined steps or from real transitions.
  Status UpdateFromModel(BatchSource& source);
  Status UpdateFromReplay(BatchSource& source);

  Regression RegressionOn(const Rollout& rollout);
  Regression RegressionOn(const SampleBatch& batch);
  void StepCritics(const Regression& rows);
  void StepActorAndTemperature(const Rollout& rollout);

  Options options;
  TransitionShape shape;
  std::unique_ptr<WorldModel> model;
  Rng init;
  Actor actor;
  Critics critics;
  nn::FlatLayout log_alpha_layout;
  at::Tensor log_alpha;  // [1]
  std::optional<nn::FlatAdam> actor_adam = {};
  std::optional<nn::FlatAdam> critic_adam = {};
  std::optional<nn::FlatAdam> log_alpha_adam = {};
  ObservationStatistics statistics;
  Scales scales = {};
  QBounds bounds;
  StateRing ring;
  Streams streams;
  std::int64_t rows_unlearned = 0;  // real rows read since the block began
  bool began = false;               // the first block
  std::int64_t warmup_left = 0;     // critic-only updates to do
  std::int64_t refresh_in = 0;      // updates until the next distribution rollout
  std::array<float, kLossCount> losses = {};
};

}  // namespace dyna::learner::dhmbpo
