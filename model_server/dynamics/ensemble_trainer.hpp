#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "common/core/rng.hpp"
#include "common/core/state_dict.hpp"
#include "model_server/dynamics/adam.hpp"
#include "model_server/dynamics/dataset.hpp"
#include "model_server/dynamics/early_stopper.hpp"
#include "model_server/dynamics/ensemble.hpp"
#include "model_server/dynamics/row_index.hpp"
#include "model_server/dynamics/train_report.hpp"

namespace dyna::dynamics {

/// The training half of an ensemble: optimiser moments, which live on from one training to the
/// next, and the random stream that splits and orders rows. Single-threaded outside; its
/// own work it spreads over torch's threads.
class EnsembleTrainer {
 public:
  explicit EnsembleTrainer(const Ensemble& ensemble);

  /// One training as in MBPO's official code: 1. a fresh hold-out split, bootstrap rows and input
  /// statistics; 2. epochs of Adam, each followed by every member's hold-out error; 3. each
  /// member restored to its best epoch; 4. the elites.
  TrainReport Train(Ensemble& ensemble, const Dataset& data);

  /// One gradient step on `rows[e]` of the dataset for each member e; returns the members' losses,
  /// summed. Normalisers must be fitted.
  double Step(Ensemble& ensemble, const Dataset& data,
              std::span<const std::span<const std::int64_t>> rows);

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
  struct Holdout {
    at::Tensor inputs = {};   ///< [H,I] normalised
    at::Tensor targets = {};  ///< [H,D] normalised if the model does so
    std::int64_t rows() const { return inputs.defined() ? inputs.size(0) : 0; }
  };
  struct Batch {
    at::Tensor inputs = {};
    at::Tensor targets = {};
    at::Tensor terminated = {};
  };

  static Batch Gather(const Ensemble& ensemble, const Dataset& data,
                      std::span<const std::int64_t> rows);
  double Gradient(const Ensemble& ensemble, const Batch& batch, std::int64_t member,
                  EnsembleNet::Scratch& scratch, at::Tensor grad, at::Tensor grad_shared) const;
  void PartGradient(const Ensemble& ensemble, const Dataset& data,
                    std::span<const std::int64_t> rows, std::int64_t member, std::int64_t part,
                    std::int64_t thread);
  double JoinParts(Ensemble& ensemble, std::int64_t member, std::int64_t part,
                   std::int64_t threads);
  void UpdateMember(Ensemble& ensemble, std::int64_t member, const at::Tensor& grad);
  void ResizeWorkers(std::int64_t threads, std::int64_t together);
  void SharedStep(Ensemble& ensemble);
  void FitNormalizers(Ensemble& ensemble, const Dataset& data, std::vector<std::int64_t>& train);
  double Epoch(Ensemble& ensemble, const Dataset& data, const MemberRows& rows,
               std::int64_t steps_left, std::int64_t& steps);
  static std::vector<double> HoldoutErrors(const Ensemble& ensemble, const Holdout& holdout);
  void Restore(Ensemble& ensemble, const at::Tensor& best, const at::Tensor& before,
               bool restore_best);

  AdamOptions adam_;
  std::vector<float> decay_;  ///< [P]
  at::Tensor m_;              ///< [E,P] first moments
  at::Tensor v_;              ///< [E,P] second moments
  at::Tensor shared_m_;       ///< [S]
  at::Tensor shared_v_;       ///< [S]
  at::Tensor shared_grad_;    ///< [E,S] each member's part
  std::int64_t adam_step_ = 0;
  Rng rng_;
  std::vector<Worker> workers_ = {};
};

}  // namespace dyna::dynamics
