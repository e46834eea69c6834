#include "tests/learner/tabular/worlds.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "common/core/check.hpp"

namespace dyna::learner::tabular {
namespace {

using Picture = std::vector<std::string>;

World::Branch Move(const Picture& picture, std::int64_t row, std::int64_t column, int row_step,
                   int column_step) {
  const auto rows = static_cast<std::int64_t>(picture.size());
  const auto columns = static_cast<std::int64_t>(picture[0].size());
  const auto cell = [&](std::int64_t r, std::int64_t c) {
    return picture[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)];
  };
  const std::int64_t to_row = row + row_step;
  const std::int64_t to_column = column + column_step;
  const bool inside = to_row >= 0 && to_row < rows && to_column >= 0 && to_column < columns;
  if (!inside || cell(to_row, to_column) == '#') return {1.0, row * columns + column, 0.0, false};
  const char to = cell(to_row, to_column);
  return {1.0, to_row * columns + to_column, to == 'G' ? 1.0 : 0.0, to == 'G' || to == 'H'};
}

std::int64_t Find(const Picture& picture, char wanted) {
  for (std::size_t row = 0; row < picture.size(); ++row) {
    const auto column = picture[row].find(wanted);
    if (column != std::string::npos) {
      return static_cast<std::int64_t>(row * picture[row].size() + column);
    }
  }
  DYNA_CHECK(false);
  return -1;
}

}  // namespace

World::World(std::int64_t states, std::int64_t actions, std::int64_t start)
    : states_(states),
      actions_(actions),
      start_(start),
      branches_(static_cast<std::size_t>(states * actions)) {}

std::vector<World::Branch>& World::branches(std::int64_t state, std::int64_t action) {
  return branches_.at(static_cast<std::size_t>(state * actions_ + action));
}

const std::vector<World::Branch>& World::branches(std::int64_t state, std::int64_t action) const {
  return branches_.at(static_cast<std::size_t>(state * actions_ + action));
}

EnvSpec World::spec() const {
  EnvSpec spec;
  spec.name = "World";
  spec.observation = Space::Discrete(states_);
  spec.action = Space::Discrete(actions_);
  return spec;
}

Step World::Sample(std::int64_t state, std::int64_t action, Rng& rng) const {
  const auto& all = branches(state, action);
  double left = rng.Uniform();
  std::size_t i = 0;
  for (; i + 1 < all.size() && left >= all[i].probability; ++i) left -= all[i].probability;
  return {state, action, all[i].reward, all[i].next_state, all[i].terminated};
}

std::vector<double> World::OptimalValues(double gamma) const {
  std::vector<double> q(branches_.size(), 0.0);
  const auto best = [&](std::int64_t state) {
    const auto row = q.begin() + state * actions_;
    return *std::max_element(row, row + actions_);
  };
  for (double change = 1.0; change > 1e-14;) {
    change = 0.0;
    for (std::size_t pair = 0; pair < q.size(); ++pair) {
      double value = 0.0;
      for (const Branch& branch : branches_[pair]) {
        const double future = branch.terminated ? 0.0 : gamma * best(branch.next_state);
        value += branch.probability * (branch.reward + future);
      }
      change = std::max(change, std::abs(value - q[pair]));
      q[pair] = value;
    }
  }
  return q;
}

std::int64_t World::GreedySteps(const std::vector<double>& q) const {
  std::int64_t state = start_;
  for (std::int64_t steps = 1; steps <= states_; ++steps) {
    const auto row = q.begin() + state * actions_;
    const auto& taken = branches(state, std::max_element(row, row + actions_) - row);
    if (taken.at(0).terminated) return steps;
    state = taken.at(0).next_state;
  }
  return -1;
}

World MazeWorld(const Picture& picture) {
  constexpr std::array<std::array<int, 2>, 4> kMoves = {{{-1, 0}, {1, 0}, {0, -1}, {0, 1}}};
  const auto rows = static_cast<std::int64_t>(picture.size());
  const auto columns = static_cast<std::int64_t>(picture[0].size());
  World world(rows * columns, 4, Find(picture, 'S'));
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) {
      for (std::size_t a = 0; a < kMoves.size(); ++a) {
        world.branches(row * columns + column, static_cast<std::int64_t>(a)) = {
            Move(picture, row, column, kMoves[a][0], kMoves[a][1])};
      }
    }
  }
  return world;
}

World DynaMaze() {
  return MazeWorld({".......#G", "..#....#.", "S.#....#.", "..#......", ".....#...", "........."});
}

World BlockingMaze(bool changed) {
  return MazeWorld({"........G", ".........", ".........", changed ? ".########" : "########.",
                    ".........", "...S....."});
}

World ShortcutMaze(bool changed) {
  return MazeWorld({"........G", ".........", ".........", changed ? ".#######." : ".########",
                    ".........", "...S....."});
}

World Chain() {
  World world(6, 2, 0);
  for (std::int64_t state = 0; state < 6; ++state) {
    world.branches(state, 0) = {{1.0, std::max<std::int64_t>(state - 1, 0), 0.0, false}};
    world.branches(state, 1) = {
        {1.0, std::min<std::int64_t>(state + 1, 5), state == 5 ? 1.0 : 0.0, state == 5}};
  }
  return world;
}

World SlipperyLake() {
  const Picture picture = {"SFFF", "FHFH", "FFFH", "HFFG"};
  constexpr std::array<std::array<int, 2>, 4> kMoves = {{{0, -1}, {1, 0}, {0, 1}, {-1, 0}}};
  World world(16, 4, 0);
  for (std::int64_t state = 0; state < 16; ++state) {
    for (std::size_t a = 0; a < 4; ++a) {
      const char cell =
          picture[static_cast<std::size_t>(state / 4)][static_cast<std::size_t>(state % 4)];
      if (cell == 'H' || cell == 'G') {  // nobody acts here: worth nothing
        world.branches(state, static_cast<std::int64_t>(a)) = {{1.0, state, 0.0, true}};
        continue;
      }
      for (const std::size_t turn : {3U, 0U, 1U}) {
        const auto& move = kMoves[(a + turn) % 4];
        auto branch = Move(picture, state / 4, state % 4, move[0], move[1]);
        branch.probability = 1.0 / 3.0;
        world.branches(state, static_cast<std::int64_t>(a)).push_back(branch);
      }
    }
  }
  return world;
}

}  // namespace dyna::learner::tabular
