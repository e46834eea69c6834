#include "actors/envs/tabular/tabular_world.hpp"

#include <algorithm>

#include "common/core/check.hpp"

namespace dyna::envs {

TabularWorld::TabularWorld(std::int64_t states, std::int64_t actions)
    : states_(states),
      actions_(actions),
      outcomes_(static_cast<std::size_t>(states * actions)),
      forbidden_(static_cast<std::size_t>(states), false) {
  DYNA_CHECK(states > 0 && actions > 0);
}

void TabularWorld::Add(std::int64_t state, std::int64_t action, const Outcome& outcome) {
  DYNA_CHECK(outcome.next_state >= 0 && outcome.next_state < states_);
  auto& outcomes = outcomes_[Index(state, action)];
  const auto same = std::find_if(outcomes.begin(), outcomes.end(), [&](const Outcome& other) {
    return other.next_state == outcome.next_state && other.reward == outcome.reward &&
           other.terminated == outcome.terminated;
  });
  if (same == outcomes.end()) {
    outcomes.push_back(outcome);
  } else {
    same->probability += outcome.probability;
  }
}

void TabularWorld::Forbid(std::int64_t state) {
  forbidden_[Index(state, 0) / static_cast<std::size_t>(actions_)] = true;
}

void TabularWorld::MakeAbsorbing(std::int64_t state) {
  for (std::int64_t action = 0; action < actions_; ++action) {
    outcomes_[Index(state, action)] = {{.next_state = state, .terminated = true}};
  }
}

const std::vector<Outcome>& TabularWorld::Outcomes(std::int64_t state, std::int64_t action) const {
  return outcomes_[Index(state, action)];
}

bool TabularWorld::Forbidden(std::int64_t state) const {
  return forbidden_[Index(state, 0) / static_cast<std::size_t>(actions_)];
}

std::size_t TabularWorld::Index(std::int64_t state, std::int64_t action) const {
  DYNA_CHECK(state >= 0 && state < states_ && action >= 0 && action < actions_);
  return static_cast<std::size_t>(state * actions_ + action);
}

}  // namespace dyna::envs
