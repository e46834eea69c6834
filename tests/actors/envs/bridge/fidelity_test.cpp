// What comes over the bridge is what Gymnasium says, bit for bit.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "tests/actors/envs/bridge/bridge_testing.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::envs {
namespace {

using Rows = std::vector<std::vector<double>>;

/// Gymnasium's own rows, called directly in Python.
Rows PlayDirectly(const std::string& name, const std::string& arguments, std::uint64_t seed,
                  const Rows& actions) {
  const testing_support::TemporaryFolder folder;
  std::ofstream file(folder / "actions");
  for (const auto& action : actions) {
    for (const double value : action) file << std::hexfloat << value << ' ';
    file << '\n';
  }
  file.close();
  const auto [output, status] = testing_support::RunCommand(
      TestPython() + " " + TestPythonFolder() + "/direct.py '" + name + "' '" + arguments + "' " +
      std::to_string(seed) + " " + (folder / "actions").string());
  EXPECT_EQ(status, 0) << output;
  Rows rows;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::vector<double> row;
    for (std::string word; words >> word;) row.push_back(std::strtod(word.c_str(), nullptr));
    rows.push_back(row);
  }
  return rows;
}

std::vector<double> Row(const Environment& environment, const StepResult& step) {
  std::vector<double> row = Observation(environment);
  row.insert(row.end(), {step.reward, step.terminated ? 1.0 : 0.0, step.truncated ? 1.0 : 0.0});
  return row;
}

struct Case {
  std::string name = {};
  std::string arguments = "{}";
};

class BridgeFidelityTest : public testing::TestWithParam<Case> {};

TEST_P(BridgeFidelityTest, EveryRowIsWhatGymnasiumSaysItself) {
  const auto& [name, arguments] = GetParam();
  const auto environment = MakeBridgedTest("gym:" + name, {"env.arguments='" + arguments + "'"});
  for (std::uint64_t episode = 0; episode < 2; ++episode) {
    SCOPED_TRACE(testing::Message() << "episode " << episode);
    Rng rng(episode, "reset");
    const std::uint64_t seed = Rng(rng).Below(std::uint64_t{1} << 31U);
    environment->Reset(rng);
    Rows ours = {Observation(*environment)};
    Rows actions;
    Rng choices(episode, "actions");
    for (int step = 0; step < 250; ++step) {
      auto action = RandomAction(environment->spec().action, choices);
      for (double& value : action) value = static_cast<double>(static_cast<float>(value));
      actions.push_back(action);
      const StepResult result = environment->Step(action, rng);
      ours.push_back(Row(*environment, result));
      if (result.terminated || result.truncated) break;
    }
    EXPECT_EQ(ours, PlayDirectly(name, arguments, seed, actions));
  }
}

INSTANTIATE_TEST_SUITE_P(All, BridgeFidelityTest,
                         testing::Values(Case{"CartPole-v1"}, Case{"Pendulum-v1"},
                                         Case{"Pendulum-v1", R"({"g": 3.5})"}, Case{"Acrobot-v1"},
                                         Case{"FrozenLake-v1"}, Case{"MountainCarContinuous-v0"}),
                         [](const auto& instance) {
                           std::string name = std::to_string(instance.index);
                           for (const char c : instance.param.name) {
                             if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
                           }
                           return name;
                         });

TEST(BridgeSpecTest, SpacesLimitAndThresholdAreGymnasiums) {
  const auto cart_pole = MakeBridgedTest("gym:CartPole-v1");
  EXPECT_EQ(cart_pole->spec().name, "gym:CartPole-v1");
  EXPECT_EQ(cart_pole->spec().observation.columns(), 4);
  EXPECT_EQ(cart_pole->spec().action, Space::Discrete(2));
  EXPECT_EQ(cart_pole->spec().max_episode_steps, 500);
  EXPECT_EQ(cart_pole->spec().reward_threshold, 475.0);
  const auto pendulum = MakeBridgedTest("gym:Pendulum-v1");
  EXPECT_EQ(pendulum->spec().observation, Space::Box({-1, -1, -8}, {1, 1, 8}));
  EXPECT_EQ(pendulum->spec().action, Space::Box({-2}, {2}));
}

TEST(BridgeSpecTest, OurTimeLimitTakesThePlaceOfGymnasiums) {
  for (const int limit : {7, 300}) {
    const auto environment =
        MakeBridgedTest("gym:Pendulum-v1", {"env.max_episode_steps=" + std::to_string(limit)});
    Rng rng(0, "x");
    environment->Reset(rng);
    for (int step = 1; step <= limit; ++step) {
      ASSERT_EQ(environment->Step(std::vector<double>{0.0}, rng).truncated, step == limit) << step;
    }
  }
}

TEST(BridgeTest, CopiesInOneMessageAreTheSameAsAlone) {
  Config config = BridgeConfig("gym:CartPole-v1");
  const auto together = MakeEnvironments(config, 3);
  const auto alone = MakeBridgedTest("gym:CartPole-v1");
  std::vector<Rows> rows(3);
  Rows actions;
  Rng choices(1, "actions");
  for (int step = 0; step < 8; ++step)
    actions.push_back(RandomAction(alone->spec().action, choices));
  for (std::size_t i = 0; i < 3; ++i) {
    Rng rng(i, "reset");
    together[i]->Reset(rng);
  }
  for (const auto& action : actions) {
    for (const auto& environment : together) environment->Announce(action);
    for (std::size_t i = 0; i < 3; ++i) {
      Rng rng(0, "unused");
      const auto before = Observation(*together[i]);  // another's step does not show
      if (!rows[i].empty()) {
        EXPECT_TRUE(std::equal(before.begin(), before.end(), rows[i].back().begin()));
      }
      rows[i].push_back(Row(*together[i], together[i]->Step(action, rng)));
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    Rng rng(i, "reset");
    alone->Reset(rng);
    Rows same;
    for (const auto& action : actions) same.push_back(Row(*alone, alone->Step(action, rng)));
    EXPECT_EQ(rows[i], same) << i;
  }
}

TEST(BridgeTest, ASnapshotContinuesBitForBitInAnotherProcess) {
  const auto environment = MakeBridgedTest("gym:Pendulum-v1");
  const auto other = MakeBridgedTest("gym:Pendulum-v1");
  Rng rng(3, "x");
  environment->Reset(rng);
  const auto play = [](Environment& it, int steps) {
    Rng actions(5, "actions");
    Rng unused(0, "unused");
    Rows rows;
    for (int i = 0; i < steps; ++i) {
      const auto action = RandomAction(it.spec().action, actions);
      rows.push_back(Row(it, it.Step(action, unused)));
    }
    return rows;
  };
  play(*environment, 37);
  const auto snapshot = environment->Snapshot();
  other->Restore(snapshot);
  EXPECT_EQ(Observation(*other), Observation(*environment));
  EXPECT_EQ(other->Snapshot(), snapshot);
  EXPECT_EQ(play(*other, 60), play(*environment, 60));
  auto torn = snapshot;
  torn.pop_back();
  EXPECT_THROW(other->Restore(torn), CheckpointError);
  EXPECT_THROW(other->Restore({}), CheckpointError);
}

TEST(BridgeTest, IndicesOfSeveralAreOneIndexAndBack) {
  const auto grid = MakeBridgedTest("gym:odd_envs:Grid");
  EXPECT_EQ(grid->spec().action, Space::Discrete(6));
  EXPECT_EQ(grid->spec().observation, Space::Box({0, 0, 0, 0, 0}, {1, 1, 1, 1, 1}));
  Rng rng(0, "x");
  grid->Reset(rng);
  EXPECT_EQ(grid->Step(std::vector<double>{5.0}, rng).reward, 12.0);  // (1, 2)
  EXPECT_EQ(Observation(*grid), (std::vector<double>{0, 1, 0, 0, 1}));
  const auto shifted = MakeBridgedTest("gym:odd_envs:Shifted");
  shifted->Reset(rng);
  EXPECT_EQ(Observation(*shifted), std::vector<double>{0.0});
  const StepResult end = shifted->Step(std::vector<double>{2.0}, rng);
  EXPECT_EQ(end.reward, 7.0);
  EXPECT_TRUE(end.terminated);
  EXPECT_FALSE(end.truncated);  // Gymnasium allows both, a row does not
  EXPECT_EQ(Observation(*shifted), std::vector<double>{3.0});
}

TEST(BridgeTest, FramesAndInfosArrive) {
  const auto environment = MakeBridgedTest("gym:odd_envs:Renders", {"env.render=true"});
  Rng rng(0, "x");
  environment->Reset(rng);
  environment->Step(std::vector<double>{0.5}, rng);
  EXPECT_EQ(environment->Info(), R"({"is_success": false})");
  const auto image = environment->Render();
  ASSERT_TRUE(image);
  EXPECT_EQ(image->height, 4);
  EXPECT_EQ(image->width, 6);
  ASSERT_EQ(image->rgb.size(), 72U);
  EXPECT_EQ(image->rgb[3 * (6 + 2) + 1], 20);
}

}  // namespace
}  // namespace dyna::envs
