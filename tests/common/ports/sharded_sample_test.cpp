// Distributions by chi-square with fixed seeds, and what happens when a shard does not answer.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/common/ports/sharded_testing.hpp"
#include "tests/support/chi_square.hpp"

namespace dyna::testing_support {
namespace {

using testing::HasSubstr;

std::map<std::uint64_t, int> DrawMany(ShardedReplayPort& port, const SampleRequest& request,
                                      int batches) {
  std::map<std::uint64_t, int> observed;
  for (int batch = 0; batch < batches; ++batch) {
    const auto sample = port.Sample(request).value();
    for (std::int64_t row = 0; row < request.rows; ++row) {
      EXPECT_TRUE(RowIntact(sample.rows, row));
      ++observed[sample.ids[static_cast<std::size_t>(row)]];
    }
  }
  return observed;
}

TEST(ShardedSampleTest, EveryRowOfTheUnionIsEquallyLikelyWhateverTheFills) {
  Cluster cluster(4);
  const std::vector<std::int64_t> fills = {13, 1, 0, 50};
  std::map<std::uint64_t, double> expected;
  for (std::size_t k = 0; k < fills.size(); ++k) {
    if (fills[k] > 0) cluster.Put(k, 100 * static_cast<int>(k), fills[k]);
    for (std::int64_t id = 0; id < fills[k]; ++id) {
      expected[TaggedId(Cluster::TagOfShard(k), static_cast<std::uint64_t>(id))] = 1.0 / 64.0;
    }
  }
  const auto observed = DrawMany(cluster.port, {.table = "t", .rows = 20}, 5000);
  EXPECT_LT(ChiSquare(expected, observed, 100'000), ChiSquareBound(63));
}

TEST(ShardedSampleTest, EveryPlaceOfABatchIsDrawnAlike) {
  // A reader that cuts a batch in two must not get one shard in each half.
  Cluster cluster(2);
  cluster.Put(0, 0, 10);
  cluster.Put(1, 100, 30);
  std::map<std::string, int> pairs;  // shards of the first and the last row
  for (int batch = 0; batch < 20'000; ++batch) {
    const auto sample = cluster.port.Sample({.table = "t", .rows = 6}).value();
    const auto shard = [&](std::size_t row) { return TagOf(sample.ids[row]) == 10 ? "a" : "b"; };
    ++pairs[std::string(shard(0)) + shard(5)];
    for (std::int64_t row = 0; row < 6; ++row) {
      const bool first = TagOf(sample.ids[static_cast<std::size_t>(row)]) == 10;
      ASSERT_EQ(first, MarkOf(sample.rows, row) < 100) << "id and row disagree";
    }
  }
  const std::map<std::string, double> expected = {
      {"aa", 1.0 / 16}, {"ab", 3.0 / 16}, {"ba", 3.0 / 16}, {"bb", 9.0 / 16}};
  EXPECT_LT(ChiSquare(expected, pairs, 20'000), ChiSquareBound(3));
}

TEST(ShardedSampleTest, AShardAddedLiveIsSampledByItsShare) {
  Cluster cluster(1);
  cluster.Put(0, 0, 30);
  ASSERT_TRUE(cluster.port.Sample({.table = "t", .rows = 4}).ok());
  cluster.AddShard();
  cluster.Put(1, 100, 10);
  std::map<std::uint64_t, double> expected;
  for (std::uint64_t id = 0; id < 30; ++id) expected[TaggedId(10, id)] = 1.0 / 40.0;
  for (std::uint64_t id = 0; id < 10; ++id) expected[TaggedId(20, id)] = 1.0 / 40.0;
  const auto observed = DrawMany(cluster.port, {.table = "t", .rows = 20}, 2000);
  EXPECT_LT(ChiSquare(expected, observed, 40'000), ChiSquareBound(39));
}

class ShardedPrioritizedTest : public testing::Test {
 protected:
  static constexpr double kAlpha = 0.7;
  static constexpr double kBeta = 0.4;

  ShardedPrioritizedTest() {
    cluster_.Put(0, 0, 20);
    cluster_.Put(1, 100, 5);
    cluster_.Put(2, 200, 40);
    std::vector<std::uint64_t> ids;
    std::vector<double> priorities;
    const std::vector<std::uint64_t> fills = {20, 5, 40};
    for (std::size_t k = 0; k < 3; ++k) {
      for (std::uint64_t id = 0; id < fills[k]; ++id) {
        const std::uint64_t tagged = TaggedId(Cluster::TagOfShard(k), id);
        ids.push_back(tagged);
        priorities.push_back(id % 7 == 3 ? 0.0 : 0.1 * static_cast<double>(1 + id % 5 + 6 * k));
        leaf_[tagged] = priorities.back() > 0.0 ? std::pow(priorities.back(), kAlpha) : 0.0;
      }
    }
    EXPECT_TRUE(cluster_.port.UpdatePriorities("t", ids, priorities).ok());
  }

  double Total(ShardTag shard) const {
    double total = 0.0;
    for (const auto& [id, leaf] : leaf_) total += TagOf(id) == shard ? leaf : 0.0;
    return total;
  }

  /// Weights of a batch by their definition, (N P)^-beta over the largest of the batch.
  static std::vector<double> Weights(const SampleBatch& sample,
                                     const std::map<std::uint64_t, double>& probabilities) {
    std::vector<double> weights;
    for (const std::uint64_t id : sample.ids) {
      weights.push_back(std::pow(65.0 * probabilities.at(id), -kBeta));
    }
    const double weight_max = *std::max_element(weights.begin(), weights.end());
    for (double& weight : weights) weight /= weight_max;
    return weights;
  }

  static void ExpectWeights(const SampleBatch& sample, const std::vector<double>& expected) {
    for (std::size_t row = 0; row < expected.size(); ++row) {
      ASSERT_NEAR(sample.weights[static_cast<Eigen::Index>(row)], expected[row], 2e-6);
    }
    EXPECT_EQ(sample.weights.maxCoeff(), 1.0F);
  }

  Cluster cluster_{
      3, {.capacity = 1000, .shape = kTestShape, .prioritized = true, .priority_alpha = kAlpha}};
  std::map<std::uint64_t, double> leaf_;  ///< p^alpha by tagged id
};

TEST_F(ShardedPrioritizedTest, DrawsTheUnionInProportionToPriorityToTheAlpha) {
  const double total = Total(10) + Total(20) + Total(30);
  std::map<std::uint64_t, double> expected;
  for (const auto& [id, leaf] : leaf_) {
    if (leaf > 0.0) expected[id] = leaf / total;
  }
  const auto observed =
      DrawMany(cluster_.port, {.table = "t", .rows = 1, .prioritized = true}, 60'000);
  EXPECT_LT(ChiSquare(expected, observed, 60'000),
            ChiSquareBound(static_cast<double>(expected.size()) - 1.0));
}

TEST_F(ShardedPrioritizedTest, WeightsAreThoseOfOneTableThatHoldsTheUnion) {
  const double total = Total(10) + Total(20) + Total(30);
  std::map<std::uint64_t, double> probabilities;
  for (const auto& [id, leaf] : leaf_) probabilities[id] = leaf / total;
  for (int batch = 0; batch < 50; ++batch) {
    const auto sample =
        cluster_.port
            .Sample({.table = "t", .rows = 32, .prioritized = true, .importance_beta = kBeta})
            .value();
    ExpectWeights(sample, Weights(sample, probabilities));
  }
}

TEST_F(ShardedPrioritizedTest, WeightsFollowTheProbabilitiesUsedWhenTotalsWereStale) {
  // Shard 10 still says a total that is three times the true one: it is drawn from too often,
  // and its rows must weigh less for it.
  TableCounters stale = cluster_.shards[0]->Counters("t").value();
  stale.priority_total *= 3.0;
  cluster_.links[0]->stale = stale;
  const double total = 3.0 * Total(10) + Total(20) + Total(30);
  std::map<std::uint64_t, double> probabilities;
  for (const auto& [id, leaf] : leaf_) {
    probabilities[id] = (TagOf(id) == 10 ? 3.0 : 1.0) * leaf / total;
  }
  for (int batch = 0; batch < 50; ++batch) {
    const auto sample =
        cluster_.port
            .Sample({.table = "t", .rows = 32, .prioritized = true, .importance_beta = kBeta})
            .value();
    ExpectWeights(sample, Weights(sample, probabilities));
  }
}

TEST_F(ShardedPrioritizedTest, WaitsWhenEveryPriorityIsZero) {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, leaf] : leaf_) ids.push_back(id);
  ASSERT_TRUE(cluster_.port.UpdatePriorities("t", ids, std::vector<double>(ids.size(), 0.0)).ok());
  const auto sample = cluster_.port.Sample({.table = "t", .rows = 1, .prioritized = true});
  EXPECT_EQ(sample.error().code, ErrorCode::kBackpressure);
}

TEST(ShardedSampleFaultTest, WaitsWhileTheUnionIsEmptyOrNoShardIsKnown) {
  Cluster empty(2);
  const Error error = empty.port.Sample({.table = "t", .rows = 4}).error();
  EXPECT_EQ(error.code, ErrorCode::kBackpressure);
  EXPECT_EQ(error.message, "replay table 't': rows to sample: none in 2 shards");
  Cluster none(0);
  const Error alone = none.port.Sample({.table = "t", .rows = 4}).error();
  EXPECT_EQ(alone.code, ErrorCode::kBackpressure);
  EXPECT_EQ(alone.message, "replay: no shard has been found yet");
}

TEST(ShardedSampleFaultTest, ASilentShardIsWaitedForByNameAndNotLeftOut) {
  Cluster cluster(2);
  cluster.Put(0, 0, 10);
  cluster.Put(1, 100, 10);
  cluster.links[1]->fault = FlakyReplay::Fault::kRequestLost;
  const Error error = cluster.port.Sample({.table = "t", .rows = 1}).error();
  EXPECT_EQ(error.code, ErrorCode::kTimeout);
  EXPECT_THAT(error.message, HasSubstr("shard 'replay-1'"));
}

TEST(ShardedSampleFaultTest, ARepeatedRequestAsksOnlyForWhatIsMissing) {
  Cluster cluster(2);
  cluster.Put(0, 0, 10);
  cluster.Put(1, 100, 10);
  const SampleRequest request{.table = "t", .rows = 64};
  // The second shard dies between its counters and its sample.
  cluster.links[1]->refuse = Error{ErrorCode::kTimeout, "no answer"};
  EXPECT_EQ(cluster.port.Sample(request).error().code, ErrorCode::kTimeout);
  const std::uint64_t first = cluster.shards[0]->Counters("t").value().sampled;
  EXPECT_GT(first, 0U);
  cluster.links[1]->refuse.reset();
  EXPECT_TRUE(cluster.port.Sample(request).ok());
  EXPECT_EQ(cluster.shards[0]->Counters("t").value().sampled, first) << "drawn twice";
  EXPECT_EQ(first + cluster.shards[1]->Counters("t").value().sampled, 64U);
}

TEST(ShardedSampleFaultTest, OneShardThatIsLateDoesNotKeepTheOthersFromBeingAsked) {
  Cluster cluster(2);
  cluster.Put(0, 0, 10);
  cluster.Put(1, 100, 10);
  cluster.links[0]->refuse = Error{ErrorCode::kTimeout, "no answer"};
  EXPECT_EQ(cluster.port.Sample({.table = "t", .rows = 64}).error().message,
            "shard 'replay-0': no answer");
  EXPECT_EQ(cluster.links[1]->calls["Sample"], 1);
  cluster.links[0]->refuse.reset();
  EXPECT_TRUE(cluster.port.Sample({.table = "t", .rows = 64}).ok());
  EXPECT_EQ(cluster.links[1]->calls["Sample"], 1);
}

TEST(ShardedSampleFaultTest, AnAnswerThatCannotBeRightIsNamedAndNotUsed) {
  Cluster cluster(2, {.capacity = 100, .shape = kTestShape, .prioritized = true});
  cluster.Put(0, 0, 10);
  cluster.Put(1, 100, 10);
  const std::vector<std::function<void(SampleBatch&)>> wrongs = {
      [](SampleBatch& sample) { sample.ids.pop_back(); },
      [](SampleBatch& sample) { sample.rows = MarkedRows(0, 200); },
      [](SampleBatch& sample) { sample.weights.resize(1); },
      [](SampleBatch& sample) { sample.weights[5] = -0.5F; },
      [](SampleBatch& sample) { sample.weights.setConstant(NAN); },
      [](SampleBatch& sample) { sample.rows.obs(0, 0) = HUGE_VALF; },
      [](SampleBatch& sample) { sample.ids[0] = kShardIdMax + 1; },
      [](SampleBatch& sample) { sample.priority_min = 0.0; },
      [](SampleBatch& sample) {
        sample.rows = TransitionBatch::Zeros(sample.rows.size(), {.obs_columns = 9});
      },
  };
  const SampleRequest request{.table = "t", .rows = 64, .prioritized = true};
  for (std::size_t k = 0; k < wrongs.size(); ++k) {
    SCOPED_TRACE(k);
    cluster.links[1]->tamper_sample = wrongs[k];
    const Error error = cluster.port.Sample(request).error();
    EXPECT_EQ(error.code, ErrorCode::kMalformed);
    EXPECT_THAT(error.message, HasSubstr("shard 'replay-1': "));
    cluster.links[1]->tamper_sample = nullptr;
    EXPECT_TRUE(cluster.port.Sample(request).ok());
  }
}

TEST(ShardedSampleFaultTest, AnotherRequestOrARefusalStartsAnew) {
  Cluster cluster(2);
  cluster.Put(0, 0, 10);
  cluster.Put(1, 100, 10);
  cluster.links[1]->refuse = Error{ErrorCode::kTimeout, "no answer"};
  EXPECT_FALSE(cluster.port.Sample({.table = "t", .rows = 64}).ok());
  cluster.links[1]->refuse.reset();
  EXPECT_EQ(cluster.port.Sample({.table = "t", .rows = 40}).value().rows.size(), 40);
  cluster.links[1]->refuse = Error{ErrorCode::kBackpressure, "samples_per_insert: wait"};
  const Error error = cluster.port.Sample({.table = "t", .rows = 64}).error();
  EXPECT_EQ(error.message, "shard 'replay-1': samples_per_insert: wait");
  // Meanwhile its rows go: a draw kept from before could never be completed.
  ASSERT_TRUE(cluster.shards[1]->EvictStale("t", 1).ok());
  cluster.links[1]->refuse.reset();
  EXPECT_EQ(cluster.port.Sample({.table = "t", .rows = 64}).value().rows.size(), 64);
}

TEST(ShardedSampleFaultTest, RequestsNobodyCouldAnswerAreRefused) {
  Cluster cluster(1);
  cluster.Put(0, 0, 10);
  for (const std::int64_t rows : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 40}) {
    EXPECT_EQ(cluster.port.Sample({.table = "t", .rows = rows}).error().code,
              ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(cluster.port.Sample({.table = "x", .rows = 1}).error().code, ErrorCode::kNotFound);
}

TEST(ShardedSampleFaultTest, NoStaleRowComesFromAShardThatMissedTheEviction) {
  Cluster cluster(2);
  cluster.Put(0, 0, 20, 5);
  cluster.Put(1, 100, 20, 5);
  cluster.Put(1, 200, 20, 6);
  cluster.links[1]->fault = FlakyReplay::Fault::kRequestLost;
  EXPECT_EQ(cluster.port.EvictStale("t", 6).error().code, ErrorCode::kTimeout);
  cluster.links[1]->fault = FlakyReplay::Fault::kNone;
  const auto sample = cluster.port.Sample({.table = "t", .rows = 200}).value();
  for (std::int64_t row = 0; row < 200; ++row) EXPECT_GE(MarkOf(sample.rows, row), 200);
}

}  // namespace
}  // namespace dyna::testing_support
