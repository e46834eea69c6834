#include "common/run/run_identity.hpp"

#include <gtest/gtest.h>

#include <string>

namespace dyna {
namespace {

/// A version of the program that knows run.seed, run.steps and learner.gamma.
RunIdentity Old(const std::string& text) {
  Config config = Config::FromText(text, "old.toml");
  (void)config.GetInt("run.seed", 0, 0, 100);
  (void)config.GetInt("run.steps", 10, 0, 1000);
  (void)config.GetDouble("learner.gamma", 0.99, 0.0, 1.0);
  return RunIdentity::From(config);
}

/// The next one, which knows actor.environments too.
RunIdentity New(const std::string& text) {
  Config config = Config::FromText(text, "new.toml");
  (void)config.GetInt("actor.environments", 1, 1, 100);
  (void)config.GetInt("run.seed", 0, 0, 100);
  (void)config.GetInt("run.steps", 10, 0, 1000);
  (void)config.GetDouble("learner.gamma", 0.99, 0.0, 1.0);
  return RunIdentity::From(config);
}

TEST(RunIdentityTest, ADefaultAndTheSameValueWrittenOutAreOneRun) {
  EXPECT_EQ(Old("").DifferenceFrom(Old("[run]\nseed = 0").Text()), "");
  EXPECT_EQ(Old("[run]\nseed = 0").DifferenceFrom(Old("").Text()), "");
}

TEST(RunIdentityTest, AnotherValueIsNamedWithBothValues) {
  EXPECT_EQ(Old("[run]\nseed = 3").DifferenceFrom(Old("[run]\nseed = 9").Text()),
            "'run.seed = 9' there, 'run.seed = 3' here");
}

TEST(RunIdentityTest, MoreStepsAreTheSameRun) {
  EXPECT_EQ(Old("[run]\nsteps = 500").DifferenceFrom(Old("").Text()), "");
}

TEST(RunIdentityTest, AKeyThatIsNewerThanTheCheckpointMayHaveItsDefaultOnly) {
  EXPECT_EQ(New("").DifferenceFrom(Old("").Text()), "");
  EXPECT_EQ(New("[actor]\nenvironments = 4").DifferenceFrom(Old("").Text()),
            "'no actor.environments' there, 'actor.environments = 4' here");
}

TEST(RunIdentityTest, ACheckpointFromANewerVersionIsRefused) {
  EXPECT_EQ(Old("").DifferenceFrom(New("").Text()),
            "'actor.environments = 1' there, 'no actor.environments' here");
}

TEST(RunIdentityTest, KeysThatDoNotCountMayDiffer) {
  const auto of = [](const std::string& text) {
    Config config = Config::FromText(text, "part.toml");
    (void)config.GetInt("run.seed", 0, 0, 100);
    (void)config.GetDouble("learner.gamma", 0.99, 0.0, 1.0);
    return RunIdentity::From(config,
                             [](const std::string& key) { return key.starts_with("learner."); });
  };
  EXPECT_EQ(of("[run]\nseed = 3").DifferenceFrom(of("").Text()), "");
  EXPECT_EQ(of("[learner]\ngamma = 0.5").DifferenceFrom(of("").Text()),
            "'learner.gamma = 0.99' there, 'learner.gamma = 0.5' here");
}

}  // namespace
}  // namespace dyna
