#pragma once

#include <cstdint>
#include <memory>

#include "learner/algorithms/algorithm.hpp"
#include "learner/algorithms/tabular/planner.hpp"
#include "learner/algorithms/tabular/q_table.hpp"
#include "learner/algorithms/tabular/tabular_options.hpp"

namespace dyna::learner::tabular {

/// Q-learning on a table, alone or with a planner: the Dyna-Q family (Sutton & Barto, ch. 8).
///
/// One Update() reads the new real rows, usually one, and for each of them:
///   1. backs up Q by the real step (not with prioritized sweeping, which queues it instead),
///   2. puts it into the world model,
///   3. plans.
/// Without new rows it does nothing: how much is planned depends on real steps only.
class TabularAgent final : public Algorithm {
 public:
  TabularAgent(const TabularOptions& options, std::int64_t states, std::int64_t actions,
               std::uint64_t seed);

  /// kMalformed, and nothing learned, if a row holds what is no state or action index.
  Status Update(BatchSource& source) override;
  nn::PolicyWeights ActWeights() const override { return q_.ToPolicyWeights(); }
  /// critic_loss: mean squared TD error of the rows of the last Update(), each before its backup.
  /// Counts since the start: planning_updates (backups of the planner), real_steps. And
  /// model_pairs, the pairs the model knows now.
  Losses LastLosses() const override;
  void Save(StateDict& state) const override;
  void Load(const StateDict& state) override;

 private:
  /// The TD error of `step` before its backup.
  double Learn(const Step& step);

  TabularOptions options_;
  QTable q_;
  std::unique_ptr<Planner> planner_;  // null for plain Q-learning
  double critic_loss_ = 0.0;
  std::int64_t real_steps_ = 0;
  std::int64_t planning_updates_ = 0;
};

}  // namespace dyna::learner::tabular
