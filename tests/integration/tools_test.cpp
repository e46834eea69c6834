// export, inspect, plot and train --seeds as a user calls them.

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>

#include "cli/export/npz_file.hpp"
#include "cli/run_source.hpp"
#include "common/nn/policy.hpp"
#include "tests/integration/dyna_program.hpp"
#include "tests/integration/small_runs.hpp"
#include "tests/support/run_command.hpp"

namespace dyna {
namespace {

namespace fs = std::filesystem;
using testing_support::DynaProcess;
using testing_support::ReadText;
using testing_support::RowsWithoutClock;
using testing_support::RunCommand;
using testing_support::RunDyna;
using testing_support::SmallRun;
using testing_support::SmallRunNamed;
using testing_support::SmallRuns;
using testing_support::TemporaryFolder;
using testing_support::WriteText;

bool Holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class ToolsTest : public testing::Test {
 protected:
  std::string Config(const SmallRun& run) {
    WriteText(folder_ / "config.toml", run.config);
    return (folder_ / "config.toml").string();
  }
  /// Trains `run` and returns its folder.
  std::string Trained(const SmallRun& run, const std::string& name) {
    const auto out = (folder_ / name).string();
    const auto result = RunDyna({"train", "--config", Config(run), "--out", out});
    EXPECT_EQ(result.status, 0) << result.output;
    return out;
  }

  TemporaryFolder folder_;
};

std::span<const float> Values(const RowMatrix& matrix) {
  return {matrix.data(), static_cast<std::size_t>(matrix.size())};
}

TEST_F(ToolsTest, AnExportedPolicyActsInNumpyAsItsRunDoes) {
  for (const SmallRun& run : SmallRuns()) {
    SCOPED_TRACE(run.name);
    const auto out = Trained(run, run.name);
    const auto npz = (folder_ / "policy.npz").string();
    const auto result = RunDyna({"export", out, "--format", "npz", "--out", npz});
    ASSERT_EQ(result.status, 0) << result.output;
    const nn::Policy policy(cli::PublishedPolicy(cli::OpenRunOrCheckpoint(out)));
    Rng rng(1, "observations", 0);
    const bool table = policy.weights().kind == nn::PolicyWeights::Kind::kQTable;
    const auto inputs = policy.weights().layers[0].weight.cols();
    RowMatrix obs(table ? inputs : 100, table ? 1 : inputs);
    for (Eigen::Index i = 0; i < obs.size(); ++i) {
      obs.data()[i] = static_cast<float>(table ? static_cast<double>(i) : rng.Normal());
    }
    const RowMatrix action = policy.Act(obs, /*deterministic=*/true, 0.0, rng);
    cli::NpzFile cases;
    cases.Add("obs", Values(obs), {obs.rows(), obs.cols()});
    cases.Add("action", Values(action), {action.rows(), action.cols()});
    WriteText(folder_ / "cases.npz", cases.Bytes());
    const auto [output, status] =
        RunCommand("/usr/bin/python3 " DYNA_SOURCE_DIR
                   "/tests/cli/export/check_npz.py " DYNA_SOURCE_DIR "/docs/tools.md " +
                   npz + " " + (folder_ / "cases.npz").string());
    EXPECT_EQ(status, 0) << output;
    for (const char* format : {"onnx", "torchscript"}) {
      const auto file = folder_ / "policy.other";
      const auto other = RunDyna({"export", out, "--format", format, "--out", file.string()});
      EXPECT_EQ(other.status, 0) << other.output;
      EXPECT_GT(fs::file_size(file), 100U);
      fs::remove(file);
    }
  }
}

TEST_F(ToolsTest, WhatCannotBeExportedIsRefusedAndNothingWritten) {
  const auto out = (folder_ / "policy").string();
  WriteText(folder_ / "torn.ckpt", "DYNASTAT");
  for (const auto& [path, part] : {std::pair<std::string, std::string>{"torn.ckpt", "torn.ckpt"},
                                   {"nothing", "no such file"},
                                   {"", "not a run folder"}}) {
    const auto result =
        RunDyna({"export", (folder_ / path).string(), "--format", "npz", "--out", out});
    EXPECT_EQ(result.status, 2) << result.output;
    EXPECT_TRUE(Holds(result.output, part)) << result.output;
  }
  EXPECT_EQ(RunDyna({"export", folder_.path().string(), "--format", "exe"}).status, 2);
  EXPECT_FALSE(fs::exists(out));
}

struct PlayedEpisode {
  double episode_return = 0.0;
  std::int64_t steps = 0;
};

/// Of the lines "episode I  return R  steps N".
std::vector<PlayedEpisode> EpisodesOf(const std::string& output) {
  std::vector<PlayedEpisode> episodes;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("episode ")) continue;
    std::istringstream words(line);
    std::string word;
    int number = 0;
    PlayedEpisode episode;
    words >> word >> number >> word >> episode.episode_return >> word >> episode.steps;
    episodes.push_back(episode);
  }
  return episodes;
}

TEST_F(ToolsTest, AFilmShowsTheEpisodesOfEvalAndWhatTheModelBelieved) {
  const auto out = Trained(SmallRunNamed("mbpo"), "mbpo");
  const auto film = folder_ / "film.gif";
  const auto result = RunDyna({"render", out, "--episodes", "2", "--seed", "9", "--every", "10",
                               "--imagined", "--out", film.string()});
  ASSERT_EQ(result.status, 0) << result.output;
  // 40 steps an episode: 0, 10, 20, 30, 40.
  EXPECT_TRUE(Holds(result.output, "film.gif: 10 frames")) << result.output;
  EXPECT_TRUE(Holds(result.output, "model off by")) << result.output;
  EXPECT_TRUE(ReadText(film).starts_with("GIF89a"));
  const auto evaluated = RunDyna({"eval", out, "--episodes", "2", "--seed", "9"});
  const auto played = EpisodesOf(result.output), expected = EpisodesOf(evaluated.output);
  ASSERT_EQ(expected.size(), 2U) << evaluated.output;
  ASSERT_EQ(played.size(), 2U) << result.output;
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(played[i].steps, expected[i].steps);
    // eval plays its episodes as one batch, whose products are added up in another order.
    EXPECT_NEAR(played[i].episode_return, expected[i].episode_return, 1e-3);
  }
  const auto strip = RunDyna({"render", out, "--out", (folder_ / "strip.png").string()});
  EXPECT_EQ(strip.status, 0) << strip.output;
  EXPECT_TRUE(ReadText(folder_ / "strip.png").starts_with("\x89PNG"));
}

TEST_F(ToolsTest, WhatCannotBeDrawnIsRefusedAndNothingWritten) {
  const auto film = (folder_ / "film.gif").string();
  const auto expect = [&](const std::vector<std::string>& arguments, const std::string& part) {
    const auto result = RunDyna(arguments);
    EXPECT_EQ(result.status, 2) << result.output;
    EXPECT_TRUE(Holds(result.output, part)) << result.output;
    EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 1) << result.output;
    EXPECT_FALSE(fs::exists(film));
  };
  const auto maze = Trained(SmallRunNamed("prioritized_sweeping"), "maze");
  expect({"render", maze, "--out", film}, "\"ShortcutMaze\" cannot be drawn");
  expect({"render", folder_.path().string(), "--out", film}, "no usable checkpoint");
  expect({"render", maze, "--out", (folder_ / "film.mp4").string()}, "film.mp4");
  SmallRun without = SmallRunNamed("dyna_dqn");
  std::string text = without.config;
  const std::string schedule = "rollout_schedule = [0, 1, 2, 2]";
  text.replace(text.find(schedule), schedule.size(), "rollout_schedule = [0, 1, 0, 0]");
  const std::string fraction = "real_fraction = 0.5";
  text.replace(text.find(fraction), fraction.size(), "real_fraction = 1.0");
  without.config = text.c_str();
  const auto plain = Trained(without, "plain");
  expect({"render", plain, "--imagined", "--out", film}, "holds no model");
}

TEST_F(ToolsTest, SeedsTrainTogetherAsTheyDoAlone) {
  const auto config = Config(SmallRunNamed("prioritized_sweeping"));
  const auto result =
      RunDyna({"train", "--config", config, "--seeds", "5,6", "--jobs", "2", "--out",
               (folder_ / "swept").string(), "--set", "run.tensorboard=true"});
  ASSERT_EQ(result.status, 0) << result.output;
  EXPECT_TRUE(Holds(result.output, "mean of 2 seeds")) << result.output;
  const auto alone = (folder_ / "alone").string();
  ASSERT_EQ(RunDyna({"train", "--config", config, "--seed", "6", "--out", alone}).status, 0);
  EXPECT_EQ(RowsWithoutClock(folder_ / "swept_seed6/progress.csv"),
            RowsWithoutClock(folder_ / "alone/progress.csv"));
  EXPECT_TRUE(Holds(ReadText(folder_ / "swept_seed5/tensorboard/events.out.tfevents.0.opendyna"),
                    "eval/return_mean"));

  const auto inspected = RunDyna({"inspect", (folder_ / "swept_seed6").string()});
  EXPECT_EQ(inspected.status, 0);
  EXPECT_TRUE(Holds(inspected.output, "ShortcutMaze")) << inspected.output;
  EXPECT_TRUE(Holds(inspected.output, "400 of 400")) << inspected.output;

  for (const auto& [name, head] :
       {std::pair<std::string, std::string>{"a.png", "\x89PNG"}, {"a.svg", "<?xml"}}) {
    const auto picture = folder_ / name;
    const auto plotted =
        RunDyna({"plot", (folder_ / "swept_seed5").string(), (folder_ / "swept_seed6").string(),
                 "alone=" + alone, "--out", picture.string()});
    ASSERT_EQ(plotted.status, 0) << plotted.output;
    EXPECT_TRUE(Holds(plotted.output, "swept (2 seeds), alone (1 seed)")) << plotted.output;
    EXPECT_TRUE(ReadText(picture).starts_with(head)) << name;
  }
  EXPECT_TRUE(Holds(ReadText(folder_ / "a.svg"), "swept"));
  EXPECT_EQ(RunDyna({"plot", alone, "--out", (folder_ / "a.pdf").string()}).status, 2);
}

TEST_F(ToolsTest, ASweepWithAWrongKeySaysSoOnceAndLeavesNothing) {
  const auto result =
      RunDyna({"train", "--config", Config(SmallRunNamed("prioritized_sweeping")), "--seeds",
               "0..1", "--out", (folder_ / "wrong").string(), "--set", "learner.gama=1"});
  EXPECT_EQ(result.status, 2) << result.output;
  EXPECT_TRUE(Holds(result.output, "learner.gama")) << result.output;
  EXPECT_FALSE(fs::exists(folder_ / "wrong_seed0"));
  EXPECT_FALSE(fs::exists(folder_ / "wrong_seed1"));
}

TEST_F(ToolsTest, CtrlCEndsEverySeedWithACheckpoint) {
  DynaProcess sweep({"train", "--config", Config(SmallRunNamed("prioritized_sweeping")), "--seeds",
                     "0..1", "--jobs", "2", "--out", (folder_ / "long").string(), "--steps",
                     "1000000000", "--set", "run.eval_every=1000000000"});
  const auto begun = [this](const char* name) {
    const auto folder = folder_ / name / "checkpoints";
    return fs::exists(folder) && !fs::is_empty(folder);
  };
  while (!(begun("long_seed0") && begun("long_seed1"))) {
    ASSERT_FALSE(sweep.EndsWithin(std::chrono::milliseconds(20))) << sweep.Output();
  }
  sweep.Signal(SIGINT);
  const auto result = sweep.Wait();
  EXPECT_EQ(result.status, 1) << result.output;
  EXPECT_TRUE(Holds(result.output, "--resume")) << result.output;
  for (const char* name : {"long_seed0", "long_seed1"}) {
    EXPECT_TRUE(Holds(ReadText(folder_ / name / "train.log"), "checkpoint saved")) << name;
  }
}

}  // namespace
}  // namespace dyna
