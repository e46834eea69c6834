#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace dyna {
namespace {

namespace fs = std::filesystem;
constexpr double kNever = std::numeric_limits<double>::infinity();

/// A CSV file as columns of numbers.
using Table = std::map<std::string, std::vector<double>>;

std::vector<std::string> Cells(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream text(line);
  for (std::string cell; std::getline(text, cell, ',');) cells.push_back(cell);
  return cells;
}

Table Read(const fs::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::string line;
  std::getline(file, line);
  const auto names = Cells(line);
  Table table;
  while (std::getline(file, line)) {
    const auto cells = Cells(line);
    for (std::size_t i = 0; i < names.size(); ++i) {
      table[names[i]].push_back(std::stod(cells.at(i)));
    }
  }
  return table;
}

/// The recorded runs of docs/results/ALGORITHM/ENVIRONMENT, by seed.
std::vector<Table> Runs(const std::string& name, int seeds, const std::string& suffix = ".csv") {
  std::vector<Table> runs;
  for (int seed = 0; seed < seeds; ++seed) {
    runs.push_back(Read(fs::path(DYNA_SOURCE_DIR) / "docs/results" /
                        (name + "_seed" + std::to_string(seed) + suffix)));
  }
  return runs;
}

/// Real steps at the first evaluation of at least `target`.
double FirstReached(const Table& run, double target) {
  const auto& returns = run.at("eval_return_mean");
  for (std::size_t i = 0; i < returns.size(); ++i) {
    if (returns[i] >= target) return run.at("env_steps")[i];
  }
  return kNever;
}

std::vector<double> FirstReached(const std::vector<Table>& runs, double target) {
  std::vector<double> steps;
  for (const auto& run : runs) steps.push_back(FirstReached(run, target));
  return steps;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double Max(const std::vector<double>& values) {
  return *std::max_element(values.begin(), values.end());
}

/// Mean over runs of column `name` in episode number `episode` (0 = first).
double MeanOfEpisode(const std::vector<Table>& runs, const std::string& name, std::size_t episode) {
  double sum = 0.0;
  for (const auto& run : runs) sum += run.at(name).at(episode);
  return sum / static_cast<double>(runs.size());
}

/// Mean over runs of the reward collected after real step `begin`, up to step `end`.
double RewardBetween(const std::vector<Table>& runs, double begin, double end) {
  double sum = 0.0;
  for (const auto& run : runs) {
    for (std::size_t i = 0; i < run.at("return").size(); ++i) {
      const double step = run.at("env_steps")[i];
      if (step > begin && step <= end) sum += run.at("return")[i];
    }
  }
  return sum / static_cast<double>(runs.size());
}

TEST(ResultsTest, PendulumWithMbpoIsSolvedOnEverySeedAndTwiceAsFastAsWithoutAModel) {
  const auto mbpo = FirstReached(Runs("mbpo/Pendulum-v1", 3), -200);
  EXPECT_LE(Max(mbpo), 4000);
  for (const auto& run : Runs("mbpo/Pendulum-v1", 3)) {
    EXPECT_GE(run.at("eval_return_mean").back(), -200);  // and stays solved
  }
  EXPECT_GE(Median(FirstReached(Runs("sac_utd1/Pendulum-v1", 3), -200)), 2 * Median(mbpo));
}

TEST(ResultsTest, InvertedPendulumWithTheOfficialConfigIsPerfectWithin4000RealStepsOnEverySeed) {
  EXPECT_LE(Max(FirstReached(Runs("mbpo/InvertedPendulum-v4", 3), 1000)), 4000);
}

TEST(ResultsTest, DoubleHorizonsSolveThePendulumsInFewerRealStepsThanMbpoOnEverySeed) {
  const std::pair<const char*, double> goals[] = {{"Pendulum-v1", -200},
                                                  {"InvertedPendulum-v4", 1000}};
  for (const auto& [environment, target] : goals) {
    SCOPED_TRACE(environment);
    const std::string name = environment;
    const auto ours = FirstReached(Runs("dhmbpo/" + name, 3), target);
    const auto mbpo = FirstReached(Runs("mbpo/" + name, 3), target);
    EXPECT_LT(Max(ours), *std::min_element(mbpo.begin(), mbpo.end()));
  }
}

TEST(ResultsTest, ContinuousCartPoleIsPerfectWithin1500RealStepsOnEverySeed) {
  EXPECT_LE(Max(FirstReached(Runs("mbpo/CartPoleContinuous", 3), 200)), 1500);
}

TEST(ResultsTest, DynaDqnNeedsFewerRealStepsThanTheSameDqnWithoutImaginationOnCartPole) {
  for (const int seeds : {5, 10}) {
    const auto dyna = Median(FirstReached(Runs("dyna_dqn/CartPole-v1", seeds), 475));
    EXPECT_LT(dyna, Median(FirstReached(Runs("dqn_utd20/CartPole-v1", seeds), 475)));
  }
}

TEST(ResultsTest, AcrobotAndTheContinuousMountainCarAreSolvedOnEverySeed) {
  EXPECT_LT(Max(FirstReached(Runs("dyna_dqn/Acrobot-v1", 3), -100)), kNever);
  EXPECT_LT(Max(FirstReached(Runs("mbpo/MountainCarContinuous-v0", 3), 90)), kNever);
}

TEST(ResultsTest, MorePlanningNeedsFewerStepsPerEpisodeInTheDynaMaze) {
  const auto n0 = Runs("q_learning/DynaMaze", 10, "_episodes.csv");
  const auto n5 = Runs("dyna_q_n5/DynaMaze", 10, "_episodes.csv");
  const auto n50 = Runs("dyna_q_n50/DynaMaze", 10, "_episodes.csv");
  for (const std::size_t episode : {1U, 2U, 3U}) {
    EXPECT_GT(MeanOfEpisode(n0, "steps", episode), MeanOfEpisode(n5, "steps", episode));
    EXPECT_GT(MeanOfEpisode(n5, "steps", episode), MeanOfEpisode(n50, "steps", episode));
  }
  // The optimum is 14; one action in ten is random.
  EXPECT_LE(MeanOfEpisode(n50, "steps", 4), 20);
}

TEST(ResultsTest, TheFourteenStepPathIsFoundOnNearlyEverySeed) {
  int found = 0;
  for (const auto& run : Runs("dyna_q_n50/DynaMaze", 10)) {
    const auto& steps = run.at("eval_steps_mean");
    found += *std::min_element(steps.begin(), steps.end()) == 14 ? 1 : 0;
  }
  EXPECT_GE(found, 9);
}

TEST(ResultsTest, PrioritizedSweepingNeedsFewerBackupsThanUniformPlanning) {
  const auto backups = [](const std::string& name) {
    std::vector<double> counts;
    for (const auto& run : Runs(name, 10)) {
      const auto& steps = run.at("eval_steps_mean");
      const auto at = std::find(steps.begin(), steps.end(), 14.0) - steps.begin();
      counts.push_back(static_cast<std::size_t>(at) < steps.size()
                           ? run.at("planning_updates")[static_cast<std::size_t>(at)]
                           : kNever);
    }
    return Median(counts);
  };
  EXPECT_LT(backups("prioritized_sweeping/DynaMaze"), backups("dyna_q_n50/DynaMaze"));
}

TEST(ResultsTest, DynaQPlusBeatsDynaQAfterTheShortcutOpens) {
  const auto plain = Runs("dyna_q/ShortcutMaze", 10, "_episodes.csv");
  const auto plus = Runs("dyna_q_plus/ShortcutMaze", 10, "_episodes.csv");
  EXPECT_GT(RewardBetween(plus, 3000, 6000), RewardBetween(plain, 3000, 6000));
}

}  // namespace
}  // namespace dyna
