#include "common/net/backoff.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace dyna::net {
namespace {

constexpr Backoff::Options kOptions = {.first = Milliseconds(100), .max = Milliseconds(3000)};

TEST(BackoffTest, WaitsAreUniformBelowABoundThatDoublesUpToTheMaximum) {
  std::vector<double> sums(8);
  constexpr int kRuns = 4000;
  for (int run = 0; run < kRuns; ++run) {
    Backoff backoff(kOptions, Rng(1, "backoff", static_cast<std::uint64_t>(run)));
    std::int64_t bound = 100;
    for (double& sum : sums) {
      const std::int64_t wait = backoff.Next().count();
      ASSERT_GE(wait, 0);
      ASSERT_LT(wait, std::min<std::int64_t>(bound, 3000));
      sum += static_cast<double>(wait);
      bound *= 2;
    }
  }
  std::int64_t bound = 100;
  for (const double sum : sums) {
    // Mean of a uniform: half the bound; its standard error is bound / sqrt(12 * runs).
    const auto limit = static_cast<double>(std::min<std::int64_t>(bound, 3000));
    EXPECT_NEAR(sum / kRuns, limit / 2, 5 * limit / 219 + 1);
    bound *= 2;
  }
}

TEST(BackoffTest, StartsAgainAfterASuccess) {
  Backoff backoff(kOptions, Rng(2, "backoff"));
  for (int i = 0; i < 100; ++i) backoff.Next();
  EXPECT_GT(backoff.failures(), 0);
  backoff.Reset();
  EXPECT_EQ(backoff.failures(), 0);
  EXPECT_LT(backoff.Next(), Milliseconds(100));
}

TEST(BackoffTest, TwoStreamsDoNotStayInStep) {
  Backoff a(kOptions, Rng(3, "backoff a"));
  Backoff b(kOptions, Rng(3, "backoff b"));
  int equal = 0;
  for (int i = 0; i < 20; ++i) equal += a.Next() == b.Next() ? 1 : 0;
  EXPECT_LT(equal, 5);
}

}  // namespace
}  // namespace dyna::net
