#include "cli/inspect/run_summary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "cli/run_source.hpp"
#include "common/core/error.hpp"
#include "common/run/run_folder.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::cli {
namespace {

using testing_support::RunCommand;
using testing_support::TemporaryFolder;

bool Holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class RunSummaryTest : public testing::Test {
 protected:
  RunSummaryTest() {
    Config config = Config::FromText(
        "[run]\nseed = 5\nsteps = 300\n[env]\nname = \"Pendulum-v1\"\n[learner]\nalgorithm = "
        "\"sac\"\n[model]\nkind = \"probabilistic_ensemble\"\n",
        "test.toml");
    const RunFolder folder = RunFolder::Create(run(), config);
    std::ofstream(folder.progress_path())
        << "env_steps,wall_seconds,eval_return_mean,eval_return_std,model_holdout_mse\n"
           "0,0.5,-1234.5,10,nan\n200,61,-150.25,8.5,0.0123\n300,70,-1";  // the last one torn
    std::ofstream(folder.episodes_path()) << "episode,return\n0,-5\n1,-6\n";
    StateDict state;
    state.PutScalar<std::int64_t>("run/learner/updates", 640);
    state.PutScalar<std::uint64_t>("run/learner/version", 7);
    state.PutScalar<std::uint64_t>("run/model_trainer/version", 3);
    state.Put("run/learner/algorithm/critic0/weight", std::vector<float>(6), {2, 3});
    state.Put("run/learner/algorithm/critic0/bias", std::vector<float>(2));
    folder.checkpoints().Save(100, state);
    folder.checkpoints().Save(200, state);
  }
  std::filesystem::path run() const { return folder_ / "toy_seed5"; }
  std::filesystem::path Newest() const { return run() / "checkpoints" / "step_000000200.ckpt"; }

  TemporaryFolder folder_;
};

TEST_F(RunSummaryTest, TellsWhatARunHolds) {
  const RunSummary summary = Summarize(run());
  EXPECT_EQ(summary.step, 200);
  EXPECT_EQ(summary.updates, 640);
  EXPECT_EQ(summary.policy_version, 7U);
  EXPECT_EQ(summary.model_version, 3U);
  EXPECT_EQ(summary.episodes, 2U);
  EXPECT_FALSE(summary.revision.empty());
  ASSERT_EQ(summary.progress.rows.size(), 2U);  // the torn row is left out
  EXPECT_DOUBLE_EQ(summary.progress.Number(1, "eval_return_mean"), -150.25);
  EXPECT_TRUE(std::isnan(summary.progress.Number(0, "model_holdout_mse")));
  EXPECT_TRUE(std::isnan(summary.progress.Number(0, "no_such_column")));
  EXPECT_EQ(summary.arrays.size(), 5U);
  EXPECT_EQ(summary.array_bytes(), 3U * 8U + 24U + 8U);
  EXPECT_TRUE(summary.problems.empty());
}

TEST_F(RunSummaryTest, TheTextHasTheNumbers) {
  const std::string text = SummaryText(Summarize(run()), /*all_arrays=*/false);
  for (const char* part :
       {"Pendulum-v1", "sac, model: probabilistic_ensemble", "200 of 300", "version 7", "version 3",
        "-150.25", "1:01", "progress.csv", "run/learner/algorithm", "5 arrays"}) {
    EXPECT_TRUE(Holds(text, part)) << part << " is not in\n" << text;
  }
  EXPECT_FALSE(Holds(text, "critic0/weight"));
  const std::string all = SummaryText(Summarize(run()), /*all_arrays=*/true);
  EXPECT_TRUE(Holds(all, "run/learner/algorithm/critic0/weight")) << all;
  EXPECT_TRUE(Holds(all, "[2, 3]")) << all;
}

TEST_F(RunSummaryTest, TheJsonIsReadByPython) {
  std::ofstream(folder_ / "summary.json") << SummaryJson(Summarize(run()));
  std::ofstream(folder_ / "read.py")
      << "import json, sys\n"
         "a = json.load(open(sys.argv[1]))\n"
         "assert a['step'] == 200 and a['updates'] == 640, a\n"
         "assert a['policy_version'] == 7 and a['model_version'] == 3, a\n"
         "assert a['config']['env']['name'] == 'Pendulum-v1' and a['config']['run']['seed'] == 5\n"
         "assert a['progress'][1]['eval_return_mean'] == -150.25, a\n"
         "assert 'model_holdout_mse' not in a['progress'][0], a\n"
         "assert {'name': 'run/learner/algorithm/critic0/weight', 'type': 'float32',\n"
         "        'shape': [2, 3], 'bytes': 24} in a['arrays'], a\n"
         "assert a['files']['progress.csv'] > 0 and a['problems'] == [], a\n"
         "print('all read')\n";
  const auto [output, status] = RunCommand("/usr/bin/python3 " + (folder_ / "read.py").string() +
                                           " " + (folder_ / "summary.json").string());
  EXPECT_EQ(status, 0) << output;
  EXPECT_EQ(output, "all read\n");
}

TEST_F(RunSummaryTest, ATornCheckpointIsNamedAndTheOneBeforeShown) {
  std::filesystem::resize_file(Newest(), std::filesystem::file_size(Newest()) / 2);
  RunSummary summary = Summarize(run());
  EXPECT_EQ(summary.step, 100);
  ASSERT_EQ(summary.problems.size(), 1U);
  EXPECT_TRUE(Holds(summary.problems[0], "step_000000200.ckpt")) << summary.problems[0];
  std::filesystem::remove(Newest());
  const auto last = run() / "checkpoints" / "step_000000100.ckpt";
  std::filesystem::resize_file(last, 5);
  summary = Summarize(run());
  EXPECT_TRUE(summary.checkpoint.empty());
  EXPECT_TRUE(Holds(SummaryText(summary, false), "Pendulum-v1"));
  EXPECT_TRUE(Holds(SummaryText(summary, false), "problem"));
}

TEST_F(RunSummaryTest, ACheckpointKnowsItsRunUntilItIsCopiedElsewhere) {
  EXPECT_TRUE(std::filesystem::equivalent(Summarize(Newest()).run, run()));
  std::filesystem::copy_file(Newest(), folder_ / "copy.ckpt");
  const RunSummary copy = Summarize(folder_ / "copy.ckpt");
  EXPECT_TRUE(copy.run.empty());
  EXPECT_EQ(copy.step, -1);
  EXPECT_EQ(copy.arrays.size(), 5U);
  EXPECT_TRUE(Holds(SummaryText(copy, false), "5 arrays"));
}

TEST_F(RunSummaryTest, WhatIsNeitherRunNorCheckpointIsRefusedByName) {
  const auto expect_refused = [](const std::filesystem::path& path, const std::string& reason) {
    try {
      (void)Summarize(path);
      ADD_FAILURE() << path;
    } catch (const OperatorError& error) {
      EXPECT_TRUE(Holds(error.what(), path.string())) << error.what();
      EXPECT_TRUE(Holds(error.what(), reason)) << error.what();
    }
  };
  expect_refused(folder_ / "nothing", "no such file");
  expect_refused(folder_.path(), "not a run folder");
  expect_refused(run() / "progress.csv", "not an OpenDyna state file");
}

TEST_F(RunSummaryTest, ACheckpointWithoutAPolicyIsRefusedByName) {
  try {
    (void)PublishedPolicy(OpenRunOrCheckpoint(run()));
    ADD_FAILURE() << "the checkpoint has no policy";
  } catch (const OperatorError& error) {
    EXPECT_TRUE(Holds(error.what(), Newest().string())) << error.what();
    EXPECT_TRUE(Holds(error.what(), "no policy")) << error.what();
  }
}

}  // namespace
}  // namespace dyna::cli
