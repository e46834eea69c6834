#include "model_server/dynamics/early_stopper.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace dyna::dynamics {
namespace {

using Members = std::vector<std::int64_t>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Members Observe(EarlyStopper& stopper, const std::vector<double>& errors) {
  return stopper.Observe(errors);
}

TEST(EarlyStopperTest, AMemberImprovesOnlyByMoreThanOnePercentOfItsOwnBest) {
  EarlyStopper stopper(2, 0.01, 5);
  EXPECT_EQ(Observe(stopper, {1.0, 100.0}), (Members{0, 1}));  // the first always counts
  EXPECT_EQ(Observe(stopper, {0.9901, 98.9}), (Members{1}));   // 0.99 % does not, 1.1 % does
  EXPECT_EQ(Observe(stopper, {0.9899, 97.95}), (Members{0}));  // 1.01 % of 1; 0.96 % of 98.9
  EXPECT_EQ(Observe(stopper, {2.0, 97.0}), (Members{1}));      // 1.9 % of 98.9
}

TEST(EarlyStopperTest, StopsAfterMoreThanPatienceEpochsWithoutAnyImprovement) {
  EarlyStopper stopper(2, 0.01, 5);
  Observe(stopper, {1.0, 1.0});
  for (int i = 0; i < 5; ++i) {
    Observe(stopper, {1.0, 1.0});
    EXPECT_FALSE(stopper.should_stop()) << i;
  }
  EXPECT_EQ(Observe(stopper, {1.0, 0.5}), (Members{1}));  // one member is enough to go on
  for (int i = 0; i < 5; ++i) Observe(stopper, {1.0, 0.5});
  EXPECT_FALSE(stopper.should_stop());
  Observe(stopper, {1.0, 0.5});
  EXPECT_TRUE(stopper.should_stop());
}

TEST(EarlyStopperTest, NonFiniteErrorsNeverCount) {
  EarlyStopper stopper(2, 0.01, 1);
  EXPECT_EQ(Observe(stopper, {kNan, std::numeric_limits<double>::infinity()}), Members{});
  EXPECT_EQ(Observe(stopper, {3.0, kNan}), Members{0});
  EXPECT_EQ(Observe(stopper, {kNan, kNan}), Members{});
  Observe(stopper, {0.0, kNan});
  EXPECT_EQ(Observe(stopper, {0.0, kNan}), Members{});  // nothing is better than 0
}

TEST(EarlyStopperTest, ElitesAreTheLowestErrorsBestFirst) {
  EXPECT_EQ(LowestErrors(std::vector<double>{3.0, 1.0, kNan, 0.5, 1.0}, 3), (Members{3, 1, 4}));
  EXPECT_EQ(LowestErrors(std::vector<double>{kNan, 2.0}, 2), (Members{1, 0}));
}

}  // namespace
}  // namespace dyna::dynamics
