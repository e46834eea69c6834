#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <tuple>

#include "actors/envs/tabular/blocking_maze.hpp"
#include "actors/envs/tabular/cliff_walking.hpp"
#include "actors/envs/tabular/dyna_maze.hpp"
#include "actors/envs/tabular/frozen_lake.hpp"
#include "actors/envs/tabular/shortcut_maze.hpp"
#include "actors/envs/tabular/taxi.hpp"
#include "tests/actors/envs/golden_table.hpp"

namespace dyna::envs {
namespace {

struct Case {
  std::string file;
  std::unique_ptr<TabularEnvironment> (*make)(Config&);
  std::string setting = {};
  std::size_t states_listed = 0;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.file; }

const Case kCases[] = {
    {"frozenlake_4x4_slippery_transitions.csv", MakeFrozenLake, "", 16},
    {"frozenlake_4x4_deterministic_transitions.csv", MakeFrozenLake, "env.slippery=false", 16},
    {"cliffwalking_transitions.csv", MakeCliffWalkingV0, "", 48},
    {"taxi_transitions.csv", MakeTaxi, "", 500},
    {"dyna_maze_transitions.csv", MakeDynaMaze, "", 46},
    {"blocking_maze_before_transitions.csv", MakeBlockingMaze, "", 45},
    {"blocking_maze_after_transitions.csv", MakeBlockingMaze, "env.change_step=0", 45},
    {"shortcut_maze_before_transitions.csv", MakeShortcutMaze, "", 45},
};

using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, double, bool>;
using Model = std::map<Key, double>;  ///< (s, a, s', r, terminated) -> probability

class GoldenTabularTest : public testing::TestWithParam<Case> {};

// Blocks and goals of the mazes have no golden rows: only the states listed are compared.
TEST_P(GoldenTabularTest, TransitionsAreExactlyTheGoldenOnes) {
  Config config;
  if (!GetParam().setting.empty()) config.Set(GetParam().setting);
  const auto environment = GetParam().make(config);
  const GoldenTable golden = GoldenTable::Load(GetParam().file);
  Model expected;
  std::set<std::int64_t> listed;
  for (std::size_t row = 0; row < golden.rows.size(); ++row) {
    const auto v = golden.Pick(row, {"s", "a", "s_next", "reward", "terminated", "prob"});
    listed.insert(static_cast<std::int64_t>(v[0]));
    expected[{static_cast<std::int64_t>(v[0]), static_cast<std::int64_t>(v[1]),
              static_cast<std::int64_t>(v[2]), v[3], v[4] != 0.0}] = v[5];
  }
  EXPECT_EQ(listed.size(), GetParam().states_listed);

  Model actual;
  for (const auto s : listed) {
    for (std::int64_t a = 0; a < environment->actions(); ++a) {
      for (const Outcome& o : environment->Transitions(s, a)) {
        actual[{s, a, o.next_state, o.reward, o.terminated}] += o.probability;
      }
    }
  }
  ASSERT_EQ(actual.size(), expected.size());
  for (const auto& [key, probability] : expected) {
    ASSERT_TRUE(actual.contains(key)) << "s=" << std::get<0>(key) << " a=" << std::get<1>(key);
    EXPECT_NEAR(actual.at(key), probability, 1e-14);  // golden thirds have 15 digits
  }
}

INSTANTIATE_TEST_SUITE_P(Files, GoldenTabularTest, testing::ValuesIn(kCases),
                         [](const auto& instance) {
                           return instance.param.file.substr(0, instance.param.file.find('.'));
                         });

}  // namespace
}  // namespace dyna::envs
