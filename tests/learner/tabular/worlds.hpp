#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/env_spec.hpp"
#include "common/core/rng.hpp"
#include "learner/algorithms/tabular/q_table.hpp"

namespace dyna::learner::tabular {

/// A world given by its table: the tests' own simulator, small enough to check by eye.
class World {
 public:
  struct Branch {
    double probability = 1.0;
    std::int64_t next_state = 0;
    double reward = 0.0;
    bool terminated = false;
  };

  World(std::int64_t states, std::int64_t actions, std::int64_t start);

  std::vector<Branch>& branches(std::int64_t state, std::int64_t action);
  const std::vector<Branch>& branches(std::int64_t state, std::int64_t action) const;
  std::int64_t start() const { return start_; }
  EnvSpec spec() const;
  Step Sample(std::int64_t state, std::int64_t action, Rng& rng) const;
  /// Exact optimal action values [S,A] by value iteration.
  std::vector<double> OptimalValues(double gamma) const;
  /// Steps of the path that is greedy in `q` [S,A] (ties to the lowest action) from the start to
  /// the end of the episode; -1 if it never ends. Deterministic worlds only.
  std::int64_t GreedySteps(const std::vector<double>& q) const;

 private:
  std::int64_t states_;
  std::int64_t actions_;
  std::int64_t start_;
  std::vector<std::vector<Branch>> branches_;
};

/// A maze from its picture (S start, G goal, # block), rows from the top. State = row * columns +
/// column; actions up, down, left, right; reward 1 and the end on entering G, else 0.
World MazeWorld(const std::vector<std::string>& picture);
World DynaMaze();
World BlockingMaze(bool changed);
World ShortcutMaze(bool changed);
/// Six states in a row from which action 1 goes right and 0 left; leaving on the right pays 1.
World Chain();
/// The 4x4 frozen lake: the chosen direction (left, down, right, up) or either of its neighbours
/// with probability 1/3 each; reward 1 on reaching the goal.
World SlipperyLake();

}  // namespace dyna::learner::tabular
