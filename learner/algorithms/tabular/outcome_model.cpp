#include "learner/algorithms/tabular/outcome_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna::learner::tabular {

OutcomeModel::OutcomeModel(std::int64_t states, std::int64_t actions, Memory memory)
    : states_(states), actions_(actions), memory_(memory) {
  DYNA_CHECK(states > 0 && actions > 0);
  outcomes_.resize(static_cast<std::size_t>(states * actions));
  predecessors_.resize(static_cast<std::size_t>(states));
}

void OutcomeModel::Record(const Step& step) {
  const std::int64_t pair = step.state * actions_ + step.action;
  auto& known = outcomes_.at(static_cast<std::size_t>(pair));
  if (memory_ == Memory::kLast && !known.empty()) {
    if (!known[0].terminated) {
      predecessors_[static_cast<std::size_t>(known[0].next_state)].erase(pair);
    }
    known.clear();
    --pairs_known_;
  }
  const auto same = std::find_if(known.begin(), known.end(), [&](const Outcome& outcome) {
    return outcome.next_state == step.next_state && outcome.terminated == step.terminated;
  });
  if (same == known.end()) {
    Add(pair, {step.next_state, step.terminated, step.reward, 1});
    return;
  }
  ++same->count;
  same->reward += (step.reward - same->reward) / static_cast<double>(same->count);
}

void OutcomeModel::Add(std::int64_t pair, const Outcome& outcome) {
  auto& known = outcomes_[static_cast<std::size_t>(pair)];
  if (known.empty()) ++pairs_known_;
  known.push_back(outcome);
  // The value of a state never reaches back through the end of an episode.
  if (!outcome.terminated) {
    predecessors_[static_cast<std::size_t>(outcome.next_state)].insert(pair);
  }
}

std::span<const Outcome> OutcomeModel::outcomes(std::int64_t pair) const {
  return outcomes_.at(static_cast<std::size_t>(pair));
}

const std::set<std::int64_t>& OutcomeModel::predecessors(std::int64_t state) const {
  return predecessors_.at(static_cast<std::size_t>(state));
}

double OutcomeModel::ExpectedTarget(std::int64_t pair, const QTable& q, double gamma) const {
  const auto known = outcomes(pair);
  DYNA_CHECK(!known.empty());
  double sum = 0.0;
  double visits = 0.0;
  for (const Outcome& outcome : known) {
    const double future = outcome.terminated ? 0.0 : gamma * q.Max(outcome.next_state);
    sum += static_cast<double>(outcome.count) * (outcome.reward + future);
    visits += static_cast<double>(outcome.count);
  }
  return sum / visits;
}

void OutcomeModel::Save(StateDict& state) const {
  std::vector<std::int64_t> pair;
  std::vector<std::int64_t> next_state;
  std::vector<std::uint8_t> terminated;
  std::vector<double> reward;
  std::vector<std::uint64_t> count;
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    for (const Outcome& outcome : outcomes_[i]) {
      pair.push_back(static_cast<std::int64_t>(i));
      next_state.push_back(outcome.next_state);
      terminated.push_back(outcome.terminated ? 1 : 0);
      reward.push_back(outcome.reward);
      count.push_back(outcome.count);
    }
  }
  state.Put("model/pair", pair);
  state.Put("model/next_state", next_state);
  state.Put("model/terminated", terminated);
  state.Put("model/reward", reward);
  state.Put("model/count", count);
}

void OutcomeModel::Load(const StateDict& state) {
  const auto pair = state.Get<std::int64_t>("model/pair");
  std::vector<std::int64_t> next_state(pair.size());
  std::vector<std::uint8_t> terminated(pair.size());
  std::vector<double> reward(pair.size());
  std::vector<std::uint64_t> count(pair.size());
  state.GetInto("model/next_state", std::span(next_state));
  state.GetInto("model/terminated", std::span(terminated));
  state.GetInto("model/reward", std::span(reward));
  state.GetInto("model/count", std::span(count));

  OutcomeModel loaded(states_, actions_, memory_);
  for (std::size_t i = 0; i < pair.size(); ++i) {
    if (pair[i] < 0 || pair[i] >= states_ * actions_ || next_state[i] < 0 ||
        next_state[i] >= states_ || count[i] == 0 || !std::isfinite(reward[i])) {
      throw CheckpointError("entry 'model/pair' row " + std::to_string(i) +
                            " does not fit a table of " + std::to_string(states_) + " states and " +
                            std::to_string(actions_) + " actions");
    }
    if (memory_ == Memory::kLast && !loaded.outcomes(pair[i]).empty()) {
      throw CheckpointError(
          "entry 'model/pair' holds several outcomes of a pair, as kept by "
          "learner.model = 'counts', but this run uses 'last'");
    }
    loaded.Add(pair[i], {next_state[i], terminated[i] != 0, reward[i], count[i]});
  }
  *this = std::move(loaded);
}

}  // namespace dyna::learner::tabular
