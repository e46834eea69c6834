#pragma once

#include <cstdint>
#include <string>

#include "common/core/state_dict.hpp"
#include "learner/algorithms/tabular/q_table.hpp"

namespace dyna::learner::tabular {

/// What a learner does with a real step beyond the step itself: keep a model, plan with it.
/// Single-threaded; owned by a TabularAgent, which calls Observe, then Plan, once per real step.
class Planner {
 public:
  virtual ~Planner() = default;
  /// Puts a real step into the model. `q` is as the agent left it after this step.
  virtual void Observe(const Step& step, const QTable& q) = 0;
  /// Up to the configured number of backups of `q`; returns how many were made.
  virtual std::int64_t Plan(QTable& q) = 0;
  /// Pairs the model knows.
  virtual std::int64_t pairs_known() const = 0;
  virtual void Save(StateDict& state) const = 0;
  /// All or nothing: CheckpointError leaves the planner as it was.
  virtual void Load(const StateDict& state) = 0;
};

}  // namespace dyna::learner::tabular
