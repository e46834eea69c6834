#include "model_server/dynamics/paired_stopper.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "model_server/dynamics/student_t.hpp"

namespace dyna::dynamics {
namespace {

TEST(StudentTTest, IsTheClosedFormsAndTheTables) {
  for (const double t : {-3.0, -0.5, 0.0, 1.0, 4.0}) {
    EXPECT_NEAR(StudentTCdf(t, 1), 0.5 + std::atan(t) / std::numbers::pi, 1e-14);
    EXPECT_NEAR(StudentTCdf(t, 2), 0.5 + t / (2.0 * std::sqrt(2.0 + t * t)), 1e-14);
    EXPECT_NEAR(StudentTCdf(t, 100'000), NormalCdf(t), 1e-5);
  }
  // Quantiles as printed in tables.
  EXPECT_NEAR(StudentTCdf(2.3534, 3), 0.95, 1e-5);
  EXPECT_NEAR(StudentTCdf(2.0150, 5), 0.95, 1e-5);
  EXPECT_NEAR(StudentTCdf(-2.7638, 10), 0.01, 1e-5);
  EXPECT_NEAR(StudentTCdf(1.6973, 30), 0.95, 1e-5);
  EXPECT_NEAR(NormalCdf(1.959964), 0.975, 1e-7);
}

// Differences -1, -2, -3: mean -2, std 1, t = -2 sqrt(3) with 2 degrees of freedom, so
// p = (1 - t / sqrt(2 + t^2)) / 2 with t = 3.4641: 0.037.
TEST(PairedDropTest, IsTheTTestWorkedOutByHand) {
  const std::vector<double> best = {5.0, 1.0, 9.0};
  const std::vector<double> now = {4.0, -1.0, 6.0};
  EXPECT_NEAR(PairedDropProbability(now, best), 0.0370899501, 1e-9);
  EXPECT_NEAR(PairedDropProbability(best, now), 1.0 - 0.0370899501, 1e-9);
}

// 500 differences of +1 and 500 of -1.1: mean -0.05, variance 1.05^2 * 1000 / 999, so
// z = -0.05 sqrt(999) / 1.05 = -1.50510.
TEST(PairedDropTest, IsTheZTestFromAThousandRowsOn) {
  std::vector<double> now;
  for (int i = 0; i < 1000; ++i) now.push_back(i % 2 == 0 ? 1.0 : -1.1);
  EXPECT_NEAR(PairedDropProbability(now, std::vector<double>(1000, 0.0)), 0.0661498, 1e-5);
}

TEST(PairedDropTest, EqualOrBrokenScoresAreNoDropUnlessTheBestWasBroken) {
  const std::vector<double> ones = {1.0, 1.0}, twos = {2.0, 2.0};
  const std::vector<double> broken = {1.0, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_EQ(PairedDropProbability(ones, ones), 1.0);
  EXPECT_EQ(PairedDropProbability(ones, twos), 0.0);
  EXPECT_EQ(PairedDropProbability(twos, ones), 1.0);
  EXPECT_EQ(PairedDropProbability(broken, ones), 1.0);
  EXPECT_EQ(PairedDropProbability(ones, broken), 0.0);
}

// Against {0, 0}, {a, b} has t = (a + b) / |a - b| with 1 degree of freedom: p = 1/2 + atan(t) /
// pi.
TEST(PairedStopperTest, KeepsCountsAndStopsByTheProbability) {
  PairedStopper stopper({.p_best = 0.1, .p_reset = 0.5, .patience_epochs = 1}, {0.0, 0.0});
  EXPECT_FALSE(stopper.Observe({2.0, 1.0}));  // p > 0.5: counts
  EXPECT_FALSE(stopper.should_stop());
  EXPECT_FALSE(stopper.Observe({-2.0, 1.0}));  // p = 0.40: starts again, no new best
  EXPECT_FALSE(stopper.Observe({1.0, 1.5}));
  EXPECT_FALSE(stopper.should_stop());
  EXPECT_TRUE(stopper.Observe({-2.0, -1.5}));   // t = -7, p = 0.045: the new best
  EXPECT_FALSE(stopper.Observe({-1.5, -1.1}));  // worse than that, better than the first
  EXPECT_FALSE(stopper.Observe({-1.9, -1.4}));
  EXPECT_TRUE(stopper.should_stop());
}

}  // namespace
}  // namespace dyna::dynamics
