#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "common/core/rng.hpp"
#include "common/core/state_dict.hpp"
#include "model_server/dynamics/adam.hpp"
#include "model_server/dynamics/dataset.hpp"
#include "model_server/dynamics/ensemble.hpp"

namespace dyna::dynamics {

/// Rows of a dataset as an ensemble's nets and heads read them.
struct Batch {
  at::Tensor inputs = {};      ///< [B,I] normalised
  at::Tensor targets = {};     ///< [B,D] normalised if the model does so
  at::Tensor terminated = {};  ///< [B]; undefined unless learned
  at::Tensor weights = {};     ///< [B] of the rows in the head's loss; undefined: 1
};
Batch GatherBatch(const Ensemble& ensemble, const Dataset& data,
                  std::span<const std::int64_t> rows);

/// What a step adds to the rows besides dropout, and what all its noise is drawn from.
struct StepNoise {
  at::Tensor weights = {};  ///< [N,E] of each row for each member; undefined: 1
  std::uint64_t seed = 0;
  std::uint64_t number = 0;  ///< steps of the same seed and number have the same noise
};

/// Adam on the whole objective of an ensemble: the members' losses, the decay of their weights,
/// and what the head's shared parameters add.
class EnsembleOptimizer {
 public:
  explicit EnsembleOptimizer(const Ensemble& ensemble);

  /// One gradient step on `rows[e]` of the dataset for each member e; returns the members' losses,
  /// summed. Normalisers must be fitted.
  double Step(Ensemble& ensemble, const Dataset& data,
              std::span<const std::span<const std::int64_t>> rows, const StepNoise& noise = {});
  /// Puts members that are not finite back to their rows of `before` [E,P] and clears moments
  /// that are not: NaN would otherwise live in them for ever.
  void RepairDiverged(Ensemble& ensemble, const at::Tensor& before);

  void Save(StateDict& state) const;
  void Load(const StateDict& state);

 private:
  /// One thread's scratch, and its share of the members that all threads work on together.
  struct Worker {
    EnsembleNet::Scratch scratch = {};
    at::Tensor grad = {};         ///< [P]
    at::Tensor part_grad = {};    ///< [R,P]
    at::Tensor part_shared = {};  ///< [R,S]
    std::vector<double> part_loss = {};
  };

  /// A member's share of a step: these rows, with noise from a stream of its own.
  struct Share {
    std::int64_t member = 0;
    std::span<const std::int64_t> rows = {};
    const StepNoise& noise;
    Rng stream;
  };

  double Gradient(const Ensemble& ensemble, const Dataset& data, Share share,
                  EnsembleNet::Scratch& scratch, at::Tensor grad, at::Tensor grad_shared) const;
  void PartGradient(const Ensemble& ensemble, const Dataset& data, Share share, std::int64_t part,
                    std::int64_t thread);
  static Share MakeShare(std::int64_t member, std::span<const std::int64_t> rows,
                         const StepNoise& noise, std::int64_t thread);
  double JoinParts(Ensemble& ensemble, std::int64_t member, std::int64_t part,
                   std::int64_t threads);
  void UpdateMember(Ensemble& ensemble, std::int64_t member, const at::Tensor& grad);
  void SharedStep(Ensemble& ensemble);
  void ResizeWorkers(std::int64_t threads, std::int64_t together);

  AdamOptions adam_;
  std::vector<float> decay_;  ///< [P]
  at::Tensor m_;              ///< [E,P] first moments
  at::Tensor v_;              ///< [E,P] second moments
  at::Tensor shared_m_;       ///< [S]
  at::Tensor shared_v_;       ///< [S]
  at::Tensor shared_grad_;    ///< [E,S] each member's part
  std::int64_t adam_step_ = 0;
  std::vector<Worker> workers_ = {};
};

}  // namespace dyna::dynamics
