#include "common/core/rng.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace dyna {
namespace {

// The vector published with the reference generator (Blackman and Vigna): state 1, 2, 3, 4.
TEST(RngTest, GivesThePublishedNumbersOfXoshiro256StarStar) {
  Rng rng(0, "any");
  rng.set_state({1, 2, 3, 4});
  const std::vector<std::uint64_t> expected = {
      11520U,
      0U,
      1509978240U,
      1215971899390074240U,
      1216172134540287360U,
      607988272756665600U,
      16172922978634559625U,
      8476171486693032832U,
      10595114339597558777U,
      2904607092377533576U,
  };
  for (const std::uint64_t value : expected) EXPECT_EQ(rng(), value);
}

// Computed by an independent program from the definitions of FNV-1a, splitmix64 and xoshiro256**.
// If one of these changes, every recorded run changes with it.
TEST(RngTest, StreamsArePinned) {
  EXPECT_EQ(StreamSeed(0, "actor"), 0x7ae3ffce8d53d2b9U);
  EXPECT_EQ(StreamSeed(0, "actor", 1), 0x35322ffe765a32cfU);
  EXPECT_EQ(StreamSeed(1, "actor"), 0xa4c58ff546bce031U);
  EXPECT_EQ(StreamSeed(0, "learner"), 0xe5859beea215c381U);
  EXPECT_EQ(StreamSeed(42, "", 7), 0x2e10c5991b0f224fU);

  Rng rng(7, "actor", 3);
  const Rng::State state = {0xa09bac5544070afeU, 0x4989ec5ddf07cdd9U, 0xe9ba830a9d9dbf96U,
                            0x23d5cc06d5856599U};
  EXPECT_EQ(rng.state(), state);
  EXPECT_EQ(rng(), 0x9f46401a2f97946fU);
  EXPECT_EQ(rng(), 0xd523ad94d71b8e89U);
  EXPECT_EQ(rng(), 0x1c0b16e541ca910dU);
}

TEST(RngTest, ContinuesFromASavedState) {
  Rng original(3, "stream");
  for (int i = 0; i < 17; ++i) (void)original.Normal();
  Rng copy(99, "another");
  copy.set_state(original.state());
  EXPECT_EQ(copy, original);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(copy.Normal(), original.Normal());
    EXPECT_EQ(copy.Below(1000), original.Below(1000));
  }
}

// Over n pairs of uniforms the sample correlation is about normal with deviation 1 / sqrt(n).
TEST(RngTest, NeighbouringStreamsAreUncorrelated) {
  constexpr int kDraws = 20000;
  const std::vector<std::array<Rng, 2>> pairs = {
      {Rng(0, "actor", 0), Rng(0, "actor", 1)},
      {Rng(0, "actor", 0), Rng(1, "actor", 0)},
      {Rng(0, "actor", 0), Rng(0, "learner", 0)},
      {Rng(0, "a", 1), Rng(1, "a", 0)},
  };
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    SCOPED_TRACE(testing::Message() << "pair " << i);
    auto [first, second] = pairs[i];
    double sum = 0.0;
    for (int draw = 0; draw < kDraws; ++draw) {
      sum += (first.Uniform() - 0.5) * (second.Uniform() - 0.5);
    }
    const double correlation = sum / kDraws * 12.0;  // variance of a uniform is 1/12
    EXPECT_LT(std::abs(correlation), 5.0 / std::sqrt(kDraws));
  }
}

TEST(RngTest, UniformStaysInsideItsHalfOpenRange) {
  Rng rng(5, "uniform");
  double low = 1.0;
  double high = 0.0;
  for (int i = 0; i < 200000; ++i) {
    const double u = rng.Uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    low = std::min(low, u);
    high = std::max(high, u);
    const double scaled = rng.Uniform(-3.0, 2.0);
    ASSERT_GE(scaled, -3.0);
    ASSERT_LT(scaled, 2.0);
  }
  EXPECT_LT(low, 1e-4);
  EXPECT_GT(high, 1.0 - 1e-4);
}

// Pearson's chi-square with k - 1 degrees of freedom has mean k - 1 and deviation sqrt(2 (k - 1)).
TEST(RngTest, BelowIsUniformOverEveryIndex) {
  constexpr int kDraws = 200000;
  for (const std::uint64_t bound : {2U, 3U, 7U, 10U, 64U, 1000U}) {
    SCOPED_TRACE(testing::Message() << "bound=" << bound);
    Rng rng(11, "below", bound);
    std::vector<int> counts(bound, 0);
    for (int i = 0; i < kDraws; ++i) {
      const std::uint64_t value = rng.Below(bound);
      ASSERT_LT(value, bound);
      ++counts[value];
    }
    const double expected = static_cast<double>(kDraws) / static_cast<double>(bound);
    double chi_square = 0.0;
    for (const int count : counts) chi_square += std::pow(count - expected, 2) / expected;
    const auto freedom = static_cast<double>(bound - 1);
    EXPECT_LT(chi_square, freedom + 5.0 * std::sqrt(2.0 * freedom));
  }
}

// With a bound of 3/4 of the range, mapping without rejection hits every third value of the
// result twice as often: the remainder mod 3 shows it.
TEST(RngTest, BelowRejectsWhatWouldBiasAHugeBound) {
  constexpr int kDraws = 60000;
  constexpr std::uint64_t kBound = 3ULL << 62;
  Rng rng(12, "below");
  std::array<int, 3> counts = {};
  for (int i = 0; i < kDraws; ++i) ++counts[rng.Below(kBound) % 3];
  const double sigma = std::sqrt(kDraws * (1.0 / 3.0) * (2.0 / 3.0));
  for (const int count : counts) EXPECT_NEAR(count, kDraws / 3.0, 5.0 * sigma);
}

TEST(RngTest, NormalHasTheMomentsOfAStandardNormal) {
  constexpr int kDraws = 200000;
  Rng rng(13, "normal");
  std::array<double, 5> moment = {};
  for (int i = 0; i < kDraws; ++i) {
    const double x = rng.Normal();
    for (int power = 1; power <= 4; ++power) {
      moment[static_cast<std::size_t>(power)] += std::pow(x, power) / kDraws;
    }
  }
  // Deviations of the sample moments: sqrt(1/n), sqrt(2/n), sqrt(15/n), sqrt(96/n).
  EXPECT_NEAR(moment[1], 0.0, 5.0 * std::sqrt(1.0 / kDraws));
  EXPECT_NEAR(moment[2], 1.0, 5.0 * std::sqrt(2.0 / kDraws));
  EXPECT_NEAR(moment[3], 0.0, 5.0 * std::sqrt(15.0 / kDraws));
  EXPECT_NEAR(moment[4], 3.0, 5.0 * std::sqrt(96.0 / kDraws));
}

// Kolmogorov-Smirnov: sqrt(n) D exceeds 1.95 with probability 0.001.
TEST(RngTest, NormalFollowsTheNormalDistributionFunction) {
  constexpr std::size_t kDraws = 50000;
  Rng rng(14, "normal");
  std::vector<double> draws(kDraws);
  for (double& x : draws) x = rng.Normal();
  std::sort(draws.begin(), draws.end());
  double distance = 0.0;
  for (std::size_t i = 0; i < kDraws; ++i) {
    const double cdf = 0.5 * std::erfc(-draws[i] / std::sqrt(2.0));
    distance = std::max({distance, cdf - static_cast<double>(i) / kDraws,
                         static_cast<double>(i + 1) / kDraws - cdf});
  }
  EXPECT_LT(std::sqrt(static_cast<double>(kDraws)) * distance, 1.95);
}

TEST(RngDeathTest, BelowZeroAborts) {
  Rng rng(0, "any");
  EXPECT_DEATH((void)rng.Below(0), "bound > 0");
}

}  // namespace
}  // namespace dyna
