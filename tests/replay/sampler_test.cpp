// Distributions, by chi-square with fixed seeds: the bound is the 1 - 1e-6 quantile.

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "tests/replay/replay_testing.hpp"
#include "tests/support/chi_square.hpp"

namespace dyna::replay {
namespace {

using testing_support::ChiSquare;
using testing_support::ChiSquareBound;

std::map<std::uint64_t, int> Draw(ReplayShard& shard, bool prioritized, int batches,
                                  std::int64_t rows) {
  std::map<std::uint64_t, int> observed;
  for (int batch = 0; batch < batches; ++batch) {
    const auto sample =
        shard.Sample({.table = "t", .rows = rows, .prioritized = prioritized}).value();
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::uint64_t id = sample.ids[static_cast<std::size_t>(row)];
      EXPECT_EQ(MarkOf(sample.rows, row), static_cast<int>(id));
      ++observed[id];
    }
  }
  return observed;
}

TEST(UniformSamplerTest, DrawsEveryLiveRowEquallyOftenAndNoOther) {
  ReplayShard shard(OneTable({.capacity = 50, .shape = kTestShape}), 3);
  ASSERT_TRUE(shard.Append("t", MarkedRows(0, 30, 1)).ok());
  ASSERT_TRUE(shard.Append("t", MarkedRows(30, 33, 2)).ok());  // 13 .. 62 are live
  ASSERT_TRUE(shard.EvictStale("t", 2).ok());                  // 30 .. 62 are live
  std::map<std::uint64_t, double> probabilities;
  for (std::uint64_t id = 30; id < 63; ++id) probabilities[id] = 1.0 / 33.0;
  const auto observed = Draw(shard, false, 2000, 50);
  EXPECT_LT(ChiSquare(probabilities, observed, 100'000), ChiSquareBound(32));
}

TEST(UniformSamplerTest, DrawsWithReplacementAndWithWeightsOfOne) {
  ReplayShard shard(OneTable({.capacity = 50, .shape = kTestShape}), 3);
  ASSERT_TRUE(shard.Append("t", MarkedRows(0, 2)).ok());
  const auto sample = shard.Sample({.table = "t", .rows = 64}).value();
  EXPECT_EQ(sample.rows.size(), 64);
  EXPECT_EQ(sample.weights, FloatVector::Ones(64));
}

class PrioritizedSamplerTest : public testing::Test {
 protected:
  static constexpr double kAlpha = 0.7;

  PrioritizedSamplerTest() {
    for (std::uint64_t id = 0; id < 40; ++id) {
      ids_.push_back(id);
      priorities_.push_back(id % 9 == 0 ? 0.0 : 0.05 * static_cast<double>(id));
    }
    EXPECT_TRUE(shard_.Append("t", MarkedRows(0, 40)).ok());
    EXPECT_TRUE(shard_.UpdatePriorities("t", ids_, priorities_).ok());
  }

  /// P(i) = p_i^alpha / sum of the live ones (Schaul et al. 2016, eq. 1).
  std::map<std::uint64_t, double> Expected(std::uint64_t first_live) const {
    std::map<std::uint64_t, double> result;
    double total = 0.0;
    for (std::uint64_t id = first_live; id < 40; ++id) {
      if (priorities_[id] > 0.0) total += result[id] = std::pow(priorities_[id], kAlpha);
    }
    for (auto& [id, probability] : result) probability /= total;
    return result;
  }

  ReplayShard shard_{
      OneTable(
          {.capacity = 64, .shape = kTestShape, .prioritized = true, .priority_alpha = kAlpha}),
      11};
  std::vector<std::uint64_t> ids_ = {};
  std::vector<double> priorities_ = {};
};

TEST_F(PrioritizedSamplerTest, DrawsInProportionToPriorityToTheAlpha) {
  const auto expected = Expected(0);
  EXPECT_LT(ChiSquare(expected, Draw(shard_, true, 100'000, 1), 100'000),
            ChiSquareBound(static_cast<double>(expected.size()) - 1.0));
}

TEST_F(PrioritizedSamplerTest, RangesOfABatchKeepTheDistribution) {
  // One draw per range has less variance than independent ones, so the same bound holds.
  EXPECT_LT(ChiSquare(Expected(0), Draw(shard_, true, 3000, 32), 96'000), ChiSquareBound(34));
}

TEST_F(PrioritizedSamplerTest, KeepsPrioritiesWhenRowsMove) {
  ASSERT_TRUE(shard_.SetCapacity("t", 20).ok());
  ASSERT_TRUE(shard_.SetCapacity("t", 30).ok());
  const auto expected = Expected(20);
  EXPECT_LT(ChiSquare(expected, Draw(shard_, true, 50'000, 1), 50'000),
            ChiSquareBound(static_cast<double>(expected.size()) - 1.0));
}

TEST_F(PrioritizedSamplerTest, WeightsFollowTheClosedForm) {
  constexpr double kBeta = 0.4;
  const auto probabilities = Expected(0);
  const auto sample =
      shard_.Sample({.table = "t", .rows = 32, .prioritized = true, .importance_beta = kBeta})
          .value();
  std::vector<double> weights;
  for (const std::uint64_t id : sample.ids) {
    weights.push_back(std::pow(40.0 * probabilities.at(id), -kBeta));
  }
  const double weight_max = *std::max_element(weights.begin(), weights.end());
  for (std::size_t row = 0; row < weights.size(); ++row) {
    EXPECT_NEAR(sample.weights[static_cast<Eigen::Index>(row)], weights[row] / weight_max, 1e-6);
  }
  EXPECT_EQ(sample.weights.maxCoeff(), 1.0F);
}

TEST_F(PrioritizedSamplerTest, NewRowsGetTheLargestPrioritySeen) {
  ASSERT_TRUE(shard_.UpdatePriorities("t", {5}, {1000.0}).ok());
  ASSERT_TRUE(shard_.UpdatePriorities("t", ids_, std::vector<double>(40, 0.0)).ok());
  ASSERT_TRUE(shard_.Append("t", MarkedRows(40, 1)).ok());
  ASSERT_TRUE(shard_.UpdatePriorities("t", {5}, {1000.0}).ok());
  std::map<std::uint64_t, double> expected = {{5, 0.5}, {40, 0.5}};
  EXPECT_LT(ChiSquare(expected, Draw(shard_, true, 10'000, 1), 10'000), ChiSquareBound(1));
}

TEST_F(PrioritizedSamplerTest, WaitsWhenEveryPriorityIsZero) {
  ASSERT_TRUE(shard_.UpdatePriorities("t", ids_, std::vector<double>(40, 0.0)).ok());
  const auto sample = shard_.Sample({.table = "t", .rows = 1, .prioritized = true});
  ASSERT_FALSE(sample.ok());
  EXPECT_EQ(sample.error().code, ErrorCode::kBackpressure);
  EXPECT_TRUE(shard_.Sample({.table = "t", .rows = 1}).ok());
}

TEST_F(PrioritizedSamplerTest, RefusesBadPrioritiesAndThenChangesNothing) {
  const StateDict before = Saved(shard_);
  for (const double bad :
       {std::nan(""), -1.0, -1e-300, std::numeric_limits<double>::infinity(), 1e101}) {
    for (const std::uint64_t id : {std::uint64_t{3}, std::uint64_t{1000}}) {  // held or not
      const Status status = shard_.UpdatePriorities("t", {2, id}, {9.0, bad});
      ASSERT_FALSE(status.ok()) << bad;
      EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
    }
  }
  EXPECT_FALSE(shard_.UpdatePriorities("t", {2, 3}, {9.0}).ok());
  EXPECT_TRUE(Saved(shard_) == before);
}

TEST_F(PrioritizedSamplerTest, IgnoresIdsNoLongerHeld) {
  ASSERT_TRUE(shard_.SetCapacity("t", 20).ok());
  const StateDict before = Saved(shard_);
  EXPECT_TRUE(shard_.UpdatePriorities("t", {0, 19, 40}, {0.5, 0.5, 0.5}).ok());
  EXPECT_TRUE(Saved(shard_) == before);
}

TEST_F(PrioritizedSamplerTest, RefusesACheckpointOfAnotherAlpha) {
  ReplayShard other(
      OneTable({.capacity = 64, .shape = kTestShape, .prioritized = true, .priority_alpha = 0.6}),
      11);
  EXPECT_THROW(other.Load(Saved(shard_)), CheckpointError);
}

}  // namespace
}  // namespace dyna::replay
