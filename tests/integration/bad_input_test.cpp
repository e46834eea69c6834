#include <gtest/gtest.h>

#include <algorithm>

#include "tests/integration/dyna_program.hpp"
#include "tests/integration/small_runs.hpp"

namespace dyna {
namespace {

using testing_support::ReadText;
using testing_support::RunDyna;
using testing_support::SmallRunNamed;
using testing_support::TemporaryFolder;
using testing_support::WriteText;

/// Exit status 2 and one line that holds every one of `parts`.
void ExpectRefused(const testing_support::ProgramResult& result,
                   const std::vector<std::string>& parts) {
  EXPECT_EQ(result.status, 2) << result.output;
  EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 1) << result.output;
  for (const auto& part : parts) {
    EXPECT_NE(result.output.find(part), std::string::npos)
        << part << " is not in: " << result.output;
  }
}

class BadInputTest : public testing::Test {
 protected:
  testing_support::ProgramResult TrainWith(const std::vector<std::string>& set) {
    WriteText(folder_ / "config.toml", SmallRunNamed("mbpo").config);
    std::vector<std::string> arguments = {"train", "--config", (folder_ / "config.toml").string(),
                                          "--out", (folder_ / "run").string()};
    for (const auto& assignment : set) {
      arguments.push_back("--set");
      arguments.push_back(assignment);
    }
    return RunDyna(arguments);
  }
  void ExpectNothingWritten() { EXPECT_FALSE(std::filesystem::exists(folder_ / "run")); }

  TemporaryFolder folder_;
};

TEST_F(BadInputTest, AnUnknownKeyIsNamedWithASuggestion) {
  ExpectRefused(TrainWith({"learner.gama=0.9"}), {"learner.gama", "did you mean 'learner.gamma'?"});
  ExpectNothingWritten();
}

TEST_F(BadInputTest, AnUnknownKeyOfTheFileIsNamedWithItsLine) {
  WriteText(folder_ / "typo.toml", "[run]\nsteps = 10\nsede = 1\n[env]\nname = \"Pendulum-v1\"\n");
  const auto path = (folder_ / "typo.toml").string();
  ExpectRefused(RunDyna({"train", "--config", path, "--out", (folder_ / "run").string()}),
                {path + ":3", "run.sede", "did you mean 'run.seed'?"});
  ExpectNothingWritten();
}

TEST_F(BadInputTest, AWrongTypeIsNamedWithItsValue) {
  ExpectRefused(TrainWith({"run.steps=\"many\""}), {"run.steps", "\"many\"", "an integer in ["});
  ExpectRefused(TrainWith({"model.hidden=5"}), {"model.hidden", "5", "a list of"});
  ExpectNothingWritten();
}

TEST_F(BadInputTest, AValueOutOfRangeIsNamedWithItsRange) {
  ExpectRefused(TrainWith({"learner.gamma=1.5"}), {"learner.gamma", "1.5", "in ["});
  ExpectRefused(TrainWith({"run.steps=0"}), {"run.steps", "0", "in [1,"});
  ExpectRefused(TrainWith({"model.elites=9"}), {"model.elites", "9"});
  ExpectRefused(TrainWith({"learner.real_fraction=-0.1"}), {"learner.real_fraction", "-0.1"});
  ExpectNothingWritten();
}

TEST_F(BadInputTest, RealTimeIsRefusedInOneProcess) {
  ExpectRefused(TrainWith({"env.step_period_ms=50"}), {"env.step_period_ms", "50", "dyna launch"});
  ExpectNothingWritten();
}

TEST_F(BadInputTest, AFileOfFiguresThatCannotBeWrittenIsNamedBeforeAnythingIsMeasured) {
  ExpectRefused(RunDyna({"bench", "--quick", "--json", "no/such/folder/figures.json"}),
                {"--json", "no/such/folder/figures.json", "cannot be written"});
}

TEST_F(BadInputTest, AMissingFileIsNamed) {
  ExpectRefused(RunDyna({"train", "--config", "no/such/file.toml"}), {"no/such/file.toml"});
  ExpectRefused(RunDyna({"eval", "no/such/run"}), {"no/such/run"});
  ExpectRefused(RunDyna({"train", "--resume", "no/such/run"}), {"no/such/run"});
}

TEST_F(BadInputTest, AnUnknownEnvironmentIsNamedWithTheClosest) {
  ExpectRefused(TrainWith({"env.name=Pendulum-v0"}), {"Pendulum-v0", "Pendulum-v1"});
  ExpectRefused(RunDyna({"env", "show", "CartPole-v2"}), {"CartPole-v2", "CartPole-v1"});
  ExpectNothingWritten();
}

TEST_F(BadInputTest, AnAlgorithmThatDoesNotFitTheActionSpaceIsRefused) {
  ExpectRefused(TrainWith({"env.name=CartPole-v1"}), {"sac", "CartPole-v1", "Discrete(2)"});
  ExpectRefused(TrainWith({"learner.algorithm=dqn"}), {"dqn", "Pendulum-v1", "Box("});
  ExpectRefused(TrainWith({"learner.algorithm=dyna_q"}), {"dyna_q", "Pendulum-v1", "Box("});
  ExpectNothingWritten();
}

TEST_F(BadInputTest, AnAlgorithmThatLearnsInBlocksIsRefusedWhereItCannotRun) {
  WriteText(folder_ / "blocks.toml",
            "[env]\nname = \"Pendulum-v1\"\n[learner]\nalgorithm = \"dhmbpo\"\n");
  const std::string config = (folder_ / "blocks.toml").string();
  ExpectRefused(RunDyna({"launch", "--config", config, "--out", (folder_ / "out").string()}),
                {"learner.algorithm = \"dhmbpo\"", "dyna train"});
  ExpectRefused(RunDyna({"train", "--config", config, "--set", "dhmbpo.horizn=3", "--out",
                         (folder_ / "out").string()}),
                {"dhmbpo.horizn", "dhmbpo.horizon"});
  ExpectRefused(RunDyna({"train", "--config", config, "--set", "model.reward=known", "--out",
                         (folder_ / "out").string()}),
                {"model.reward", "learned"});
  ExpectNothingWritten();
}

TEST_F(BadInputTest, AnEnvironmentThatReturnsNanIsNamed) {
  // The force of CartPoleContinuous is not clipped: 1e308 overflows its physics.
  WriteText(folder_ / "actions.csv", "1e308\n1e308\n");
  ExpectRefused(
      RunDyna({"env", "trace", "CartPoleContinuous", "--state", "0,0,0,0", "--actions",
               (folder_ / "actions.csv").string(), "--out", (folder_ / "trace.csv").string()}),
      {"CartPoleContinuous"});
  EXPECT_FALSE(std::filesystem::exists(folder_ / "trace.csv"));
}

TEST_F(BadInputTest, ARunIsNeverOverwritten) {
  ASSERT_EQ(TrainWith({}).status, 0);
  const auto before = ReadText(folder_ / "run" / "progress.csv");
  ExpectRefused(TrainWith({}), {"already holds a run", "--resume"});
  EXPECT_EQ(ReadText(folder_ / "run" / "progress.csv"), before);
}

class BadCheckpointTest : public BadInputTest {
 protected:
  BadCheckpointTest() {
    EXPECT_EQ(TrainWith({}).status, 0);
    progress_ = ReadText(folder_ / "run" / "progress.csv");
  }
  std::vector<std::filesystem::path> Checkpoints() const {
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(folder_ / "run" / "checkpoints")) {
      files.push_back(file.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }
  testing_support::ProgramResult Resume() {
    return RunDyna({"train", "--resume", (folder_ / "run").string()});
  }
  void ExpectNothingChanged() { EXPECT_EQ(ReadText(folder_ / "run" / "progress.csv"), progress_); }

  std::string progress_;
};

TEST_F(BadCheckpointTest, TruncatedOnesAreRefusedByName) {
  for (const auto& file : Checkpoints()) {
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  }
  ExpectRefused(Resume(), {Checkpoints().back().string(), "bytes"});
  ExpectNothingChanged();
}

TEST_F(BadCheckpointTest, CorruptOnesAreRefusedByName) {
  for (const auto& file : Checkpoints()) {
    auto bytes = ReadText(file);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    WriteText(file, bytes);
  }
  ExpectRefused(Resume(), {Checkpoints().back().string(), "checksum"});
  ExpectNothingChanged();
}

TEST_F(BadCheckpointTest, FilesOfAnotherProgramAreRefusedByName) {
  for (const auto& file : Checkpoints()) WriteText(file, "PK\3\4 this is something else entirely");
  ExpectRefused(Resume(), {Checkpoints().back().string(), "not an OpenDyna state file"});
  ExpectNothingChanged();
}

TEST_F(BadCheckpointTest, ACheckpointOfAnotherRunIsRefusedWithTheDifference) {
  auto config = ReadText(folder_ / "run" / "config.toml");
  const auto at = config.find("seed = 3");
  ASSERT_NE(at, std::string::npos);
  config.replace(at, 8, "seed = 9");
  WriteText(folder_ / "run" / "config.toml", config);
  ExpectRefused(Resume(), {Checkpoints().back().string(), "seed = 3", "seed = 9"});
  ExpectNothingChanged();
}

TEST_F(BadCheckpointTest, AShortenedProgressFileIsRefused) {
  WriteText(folder_ / "run" / "progress.csv", "env_steps\n");
  ExpectRefused(Resume(), {"progress.csv", "bytes"});
}

}  // namespace
}  // namespace dyna
