#include "learner/algorithms/tabular/q_table.hpp"

#include <algorithm>
#include <utility>

#include "common/core/check.hpp"

namespace dyna::learner::tabular {

QTable::QTable(std::int64_t states, std::int64_t actions) : states_(states), actions_(actions) {
  DYNA_CHECK(states > 0 && actions > 0);
  values_.assign(static_cast<std::size_t>(states * actions), 0.0);
}

std::int64_t QTable::PairOf(const Step& step) const {
  DYNA_CHECK(step.state >= 0 && step.state < states_);
  DYNA_CHECK(step.action >= 0 && step.action < actions_);
  return step.state * actions_ + step.action;
}

double QTable::Max(std::int64_t state) const {
  DYNA_CHECK(state >= 0 && state < states_);
  const auto row = values_.begin() + state * actions_;
  return *std::max_element(row, row + actions_);
}

void QTable::MoveTowards(std::int64_t pair, double target, double alpha) {
  double& value = values_[static_cast<std::size_t>(pair)];
  value += alpha * (target - value);
}

double QTable::Target(const Step& step, double gamma) const {
  return step.terminated ? step.reward : step.reward + gamma * Max(step.next_state);
}

void QTable::set_values(std::vector<double> values) {
  DYNA_CHECK(values.size() == values_.size());
  values_ = std::move(values);
}

nn::PolicyWeights QTable::ToPolicyWeights() const {
  nn::PolicyWeights weights;
  weights.kind = nn::PolicyWeights::Kind::kQTable;
  RowMatrix table(actions_, states_);
  for (std::int64_t state = 0; state < states_; ++state) {
    for (std::int64_t action = 0; action < actions_; ++action) {
      table(action, state) = static_cast<float>(value(state * actions_ + action));
    }
  }
  weights.layers.push_back({.weight = std::move(table), .bias = {}});
  return weights;
}

}  // namespace dyna::learner::tabular
