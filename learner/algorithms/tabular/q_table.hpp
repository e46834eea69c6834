#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/nn/policy_weights.hpp"

namespace dyna::learner::tabular {

/// One real step, as indices.
struct Step {
  std::int64_t state = 0;
  std::int64_t action = 0;
  double reward = 0.0;
  std::int64_t next_state = 0;
  bool terminated = false;  ///< the MDP ended: the bootstrap is cut. A time limit does not set it.
};

/// Action values Q [S,A], zero at first. A *pair* is the index state * A + action.
class QTable {
 public:
  QTable(std::int64_t states, std::int64_t actions);

  std::int64_t states() const noexcept { return states_; }
  std::int64_t actions() const noexcept { return actions_; }
  std::int64_t pairs() const noexcept { return states_ * actions_; }
  std::int64_t PairOf(const Step& step) const;

  double value(std::int64_t pair) const { return values_[static_cast<std::size_t>(pair)]; }
  /// max_a Q(state, a).
  double Max(std::int64_t state) const;
  /// Q(pair) += alpha * (target - Q(pair)).
  void MoveTowards(std::int64_t pair, double target, double alpha);
  /// r + gamma * (1 - terminated) * max_a Q(s', a): the one-step target of Q-learning
  /// (Watkins 1989; Sutton & Barto, eq. 6.8).
  double Target(const Step& step, double gamma) const;

  /// Row-major [S,A].
  const std::vector<double>& values() const noexcept { return values_; }
  void set_values(std::vector<double> values);
  /// The table [A,S] in float32, for actors.
  nn::PolicyWeights ToPolicyWeights() const;

 private:
  std::int64_t states_;
  std::int64_t actions_;
  std::vector<double> values_;  // [S,A]
};

}  // namespace dyna::learner::tabular
