#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "learner/algorithms/tabular/outcome_model.hpp"
#include "learner/algorithms/tabular/planner.hpp"
#include "learner/algorithms/tabular/tabular_options.hpp"

namespace dyna::learner::tabular {

/// Prioritized sweeping (Moore & Atkeson 1993; Sutton & Barto, §8.4): backs up the pair with the
/// greatest |TD error| under the model first, then queues the pairs that lead to its state.
/// Equal priorities go by the lower pair index; the queue holds a pair at most once, so it is
/// bounded by the table.
class SweepingPlanner final : public Planner {
 public:
  SweepingPlanner(const TabularOptions& options, std::int64_t states, std::int64_t actions);

  void Observe(const Step& step, const QTable& q) override;
  std::int64_t Plan(QTable& q) override;
  std::int64_t pairs_known() const override { return model_.pairs_known(); }
  void Save(StateDict& state) const override;
  void Load(const StateDict& state) override;

 private:
  /// Queues `pair` if its |TD error| exceeds theta; a pair already queued keeps the greater.
  void Consider(std::int64_t pair, const QTable& q);
  std::int64_t PopGreatest();

  TabularOptions options_;
  std::int64_t actions_;
  OutcomeModel model_;
  std::vector<double> priority_;                     // [S*A]; 0 = not queued
  std::set<std::pair<double, std::int64_t>> queue_;  // (-priority, pair), follows from priority_
};

}  // namespace dyna::learner::tabular
