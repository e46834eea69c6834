#include "actors/envs/checked_environment.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <utility>

#include "common/core/error.hpp"
#include "tests/actors/envs/fake_environment.hpp"

namespace dyna::envs {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

std::string MessageOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const EnvironmentError& error) {
    return error.what();
  }
  return "no EnvironmentError";
}

class CheckedEnvironmentTest : public testing::Test {
 protected:
  CheckedEnvironmentTest() {
    auto fake = std::make_unique<FakeEnvironment>();
    fake_ = fake.get();
    checked_ = std::make_unique<CheckedEnvironment>(std::move(fake));
    checked_->Reset(rng_);
  }

  StepResult Step(std::vector<double> action = {0.5}) { return checked_->Step(action, rng_); }

  Rng rng_{0, "test"};
  FakeEnvironment* fake_ = nullptr;
  std::unique_ptr<CheckedEnvironment> checked_;
};

TEST_F(CheckedEnvironmentTest, ANanObservationNamesEnvironmentStepAndValue) {
  Step();
  Step();
  fake_->second_observation = kNan;
  EXPECT_EQ(MessageOf([&] { Step(); }),
            "environment Fake, step 3: observation[1] = nan is not finite");
  fake_->second_observation = -kInf;
  EXPECT_EQ(MessageOf([&] { checked_->Reset(rng_); }),
            "environment Fake, step 0: observation[1] = -inf is not finite");
}

TEST_F(CheckedEnvironmentTest, AnInfiniteRewardNamesEnvironmentStepAndValue) {
  fake_->reward = kInf;
  EXPECT_EQ(MessageOf([&] { Step(); }), "environment Fake, step 1: reward = inf is not finite");
}

TEST_F(CheckedEnvironmentTest, AValueThatReplayCannotStoreIsRefusedWhereItArises) {
  fake_->reward = 1e39;
  EXPECT_EQ(MessageOf([&] { Step(); }),
            "environment Fake, step 1: reward = 1e+39 does not fit in float32");
}

TEST_F(CheckedEnvironmentTest, AResetBeginsTheCountAnew) {
  Step();
  checked_->Reset(rng_);
  fake_->reward = kNan;
  EXPECT_EQ(MessageOf([&] { Step(); }), "environment Fake, step 1: reward = nan is not finite");
}

TEST_F(CheckedEnvironmentTest, BadActionsNeverReachTheLeaf) {
  EXPECT_EQ(MessageOf([&] { Step({}); }), "action of Fake has 0 values, not 1");
  EXPECT_EQ(MessageOf([&] { Step({1.0, 2.0}); }), "action of Fake has 2 values, not 1");
  EXPECT_EQ(MessageOf([&] { Step({kNan}); }), "action [nan] of Fake is not finite");
  fake_->fake_spec.action = Space::Discrete(3);
  EXPECT_EQ(MessageOf([&] { Step({3.0}); }), "action [3] of Fake is not in Discrete(3)");
  EXPECT_EQ(fake_->Snapshot(), std::vector{0.0});
}

TEST_F(CheckedEnvironmentTest, ABoxActionOutsideItsBoundsIsTheLeafsBusiness) {
  EXPECT_NO_THROW(Step({17.0}));
}

TEST_F(CheckedEnvironmentTest, BadStatesNameWhatIsExpected) {
  EXPECT_EQ(MessageOf([&] {
              checked_->SetState(std::vector{1.0, 2.0});
            }),
            "state of Fake has 2 values, not 1 (count)");
  EXPECT_EQ(MessageOf([&] { checked_->SetState(std::vector{kNan}); }),
            "state of Fake: count = nan is not finite");
}

TEST_F(CheckedEnvironmentTest, TheObservationFollowsEveryWayToChangeTheState) {
  std::vector<double> obs(2);
  Step();
  checked_->Observe(obs);
  EXPECT_EQ(obs[0], 1.0);
  checked_->SetState(std::vector{9.0});
  checked_->Observe(obs);
  EXPECT_EQ(obs[0], 9.0);
  checked_->Restore(std::vector{4.0, 2.0});
  checked_->Observe(obs);
  EXPECT_EQ(obs[0], 4.0);
  checked_->Reset(rng_);
  checked_->Observe(obs);
  EXPECT_EQ(obs[0], 0.0);
}

}  // namespace
}  // namespace dyna::envs
