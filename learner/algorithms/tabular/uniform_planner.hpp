#pragma once

#include <cstdint>
#include <vector>

#include "common/core/rng.hpp"
#include "learner/algorithms/tabular/outcome_model.hpp"
#include "learner/algorithms/tabular/planner.hpp"
#include "learner/algorithms/tabular/tabular_options.hpp"

namespace dyna::learner::tabular {

/// Planning of Dyna-Q (Sutton & Barto, §8.2): backs up pairs drawn uniformly, with replacement,
/// from those tried before.
///
/// For Dyna-Q+ (§8.3) the draw is over all actions of the states acted in; an untried one is
/// modelled as leading back to its state with reward 0, and every modelled reward gets the bonus
/// kappa * sqrt(tau), tau the real steps since the pair was last tried (since the start of the run,
/// if never).
class UniformPlanner final : public Planner {
 public:
  UniformPlanner(const TabularOptions& options, std::int64_t states, std::int64_t actions,
                 std::uint64_t seed);

  void Observe(const Step& step, const QTable& q) override;
  std::int64_t Plan(QTable& q) override;
  std::int64_t pairs_known() const override { return model_.pairs_known(); }
  void Save(StateDict& state) const override;
  void Load(const StateDict& state) override;

 private:
  double Target(std::int64_t pair, const QTable& q) const;

  TabularOptions options_;
  std::int64_t actions_;
  bool plus_;  // Dyna-Q+
  Rng rng_;
  OutcomeModel model_;
  std::vector<std::int64_t> candidates_;   // pairs to draw from, in the order they came up
  std::vector<std::uint64_t> last_tried_;  // [S*A] real step, from 1; 0 = never
  std::uint64_t clock_ = 0;                // real steps seen
};

}  // namespace dyna::learner::tabular
