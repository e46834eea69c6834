#include "learner/algorithms/tabular/make_tabular.hpp"

#include <gtest/gtest.h>

#include "common/core/error.hpp"
#include "tests/learner/tabular/worlds.hpp"

namespace dyna::learner::tabular {
namespace {

std::string ErrorOf(const std::string& toml, const EnvSpec& spec) {
  Config config = Config::FromText(toml, "test.toml");
  try {
    MakeTabular(config, spec, 0);
    config.RequireAllKeysUsed();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(MakeTabularTest, EveryAlgorithmReadsEveryKey) {
  for (const std::string& name : TabularAlgorithms()) {
    EXPECT_EQ(ErrorOf("[learner]\nalgorithm = '" + name +
                          "'\ngamma = 0.9\nalpha = 0.5\nplanning_steps = 3\nkappa = 0.1\n"
                          "theta = 0.01\nmodel = 'counts'\n",
                      Chain().spec()),
              "");
  }
}

TEST(MakeTabularTest, ABoxObservationOrActionIsAnOperatorsMistake) {
  EnvSpec pendulum{.name = "Pendulum-v1",
                   .observation = Space::Box({-1, -1, -8}, {1, 1, 8}),
                   .action = Space::Box({-2}, {2})};
  const std::string toml = "[learner]\nalgorithm = 'dyna_q'\n";
  const std::string error = ErrorOf(toml, pendulum);
  EXPECT_NE(error.find("learner.algorithm = 'dyna_q' needs discrete observations and actions, but "
                       "env.name = 'Pendulum-v1' has observations Box("),
            std::string::npos)
      << error;
  pendulum.action = Space::Discrete(2);
  EXPECT_NE(ErrorOf(toml, pendulum), "");
  pendulum.observation = Space::Discrete(3);
  EXPECT_EQ(ErrorOf(toml, pendulum), "");
  pendulum.observation = Space::Discrete(std::int64_t{1} << 40);
  EXPECT_NE(ErrorOf(toml, pendulum).find("at most 16777216 state-action pairs"), std::string::npos);
}

TEST(MakeTabularTest, ValuesOutsideTheirRangesAreRefused) {
  for (const char* line : {"gamma = 1.1", "alpha = 0.0", "alpha = 1.5", "planning_steps = -1",
                           "kappa = -0.1", "theta = -1.0", "model = 'first'"}) {
    const std::string key = std::string(line).substr(0, std::string(line).find(' '));
    const std::string error = ErrorOf(std::string("[learner]\n") + line + "\n", Chain().spec());
    EXPECT_NE(error.find("learner." + key), std::string::npos) << line << " gave: " << error;
  }
}

TEST(MakeTabularTest, PrioritizedSweepingWithoutPlanningIsRefused) {
  const std::string error = ErrorOf(
      "[learner]\nalgorithm = 'prioritized_sweeping'\nplanning_steps = 0\n", Chain().spec());
  EXPECT_NE(error.find("learner.planning_steps"), std::string::npos) << error;
}

}  // namespace
}  // namespace dyna::learner::tabular
