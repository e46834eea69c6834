#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/common/ports/sharded_testing.hpp"

namespace dyna::testing_support {
namespace {

using testing::HasSubstr;

/// Rows of episodes 0 .. count - 1, one each.
TransitionBatch OneRowEach(std::uint64_t count, int first_mark = 0) {
  TransitionBatch rows = MarkedRows(first_mark, static_cast<std::int64_t>(count));
  for (std::uint64_t episode = 0; episode < count; ++episode) {
    rows.provenance[episode] = {.episode = episode, .producer = 1};
  }
  rows.terminated.setZero();
  rows.truncated.setZero();
  return rows;
}

std::uint64_t Inserted(const Cluster& cluster, std::size_t k) {
  return cluster.shards[k]->Counters("t").value().inserted;
}

TEST(ShardedAppendTest, ABatchIsSplitByEpisodeAndNothingIsLost) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.port.Append("t", OneRowEach(60)).ok());
  std::uint64_t total = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_GT(Inserted(cluster, k), 5U);
    total += Inserted(cluster, k);
  }
  EXPECT_EQ(total, 60U);
  EXPECT_TRUE(cluster.port.flushed());
}

TEST(ShardedAppendTest, ABadRowIsRefusedBeforeAnyShardHasPartOfItsBatch) {
  Cluster cluster(3);
  TransitionBatch rows = OneRowEach(60);
  rows.reward[59] = HUGE_VALF;
  const Error error = cluster.port.Append("t", rows).error();
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.message, "replay table 't': row 59 is not finite");
  for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(Inserted(cluster, k), 0U);
}

TEST(ShardedAppendTest, WhatEveryShardRefusesIsNotTaken) {
  Cluster cluster(2, {.capacity = 1000, .shape = kTestShape, .granted = true});
  const Error error = cluster.port.Append("t", OneRowEach(20)).error();
  EXPECT_EQ(error.code, ErrorCode::kBackpressure);
  EXPECT_THAT(error.message, HasSubstr("shard 'replay-0': replay table 't': grant: "));
  EXPECT_TRUE(cluster.port.flushed());
  // Another batch may come instead.
  for (std::size_t k = 0; k < 2; ++k) {
    ASSERT_TRUE(cluster.shards[k]->Grant("t", {.incarnation = 1, .inserted_max = 100}).ok());
  }
  ASSERT_TRUE(cluster.port.Append("t", OneRowEach(10, 500)).ok());
  EXPECT_EQ(Inserted(cluster, 0) + Inserted(cluster, 1), 10U);
}

TEST(ShardedAppendTest, WhatOneShardRefusesIsKeptAndGoesFirst) {
  Cluster cluster(2, {.capacity = 1000, .shape = kTestShape, .granted = true});
  ASSERT_TRUE(cluster.shards[0]->Grant("t", {.incarnation = 1, .inserted_max = 100}).ok());
  ASSERT_TRUE(cluster.port.Append("t", OneRowEach(20)).ok()) << "one shard has some of it";
  EXPECT_FALSE(cluster.port.flushed());
  const std::uint64_t at_once = Inserted(cluster, 0);
  const Error error = cluster.port.Append("t", OneRowEach(20, 100)).error();
  EXPECT_EQ(error.code, ErrorCode::kBackpressure);
  EXPECT_THAT(error.message, HasSubstr("shard 'replay-1'"));
  EXPECT_EQ(cluster.port.Flush().error().code, ErrorCode::kBackpressure);
  EXPECT_EQ(Inserted(cluster, 0), at_once) << "taken behind rows that wait";
  ASSERT_TRUE(cluster.shards[1]->Grant("t", {.incarnation = 1, .inserted_max = 100}).ok());
  EXPECT_TRUE(cluster.port.Flush().ok());
  EXPECT_TRUE(cluster.port.flushed());
  EXPECT_EQ(Inserted(cluster, 0) + Inserted(cluster, 1), 20U);
}

TEST(ShardedAppendTest, ATimeOutMeansTakenAndIsSettledOnTheSameShard) {
  for (const auto fault : {FlakyReplay::Fault::kRequestLost, FlakyReplay::Fault::kReplyLost}) {
    Cluster cluster(1);
    cluster.links[0]->fault = fault;
    ASSERT_TRUE(cluster.port.Append("t", OneRowEach(5)).ok());
    EXPECT_EQ(cluster.port.Append("t", OneRowEach(5, 100)).error().code, ErrorCode::kTimeout);
    cluster.AddShard();  // must not tempt the rows away
    EXPECT_EQ(cluster.port.Append("t", OneRowEach(5, 100)).error().code, ErrorCode::kTimeout);
    cluster.links[0]->fault = FlakyReplay::Fault::kNone;
    EXPECT_TRUE(cluster.port.Append("t", OneRowEach(0)).ok());
    EXPECT_EQ(Inserted(cluster, 0), 5U);
    EXPECT_EQ(Inserted(cluster, 1), 0U);
  }
}

// Model-based: producers append through shards that fail at random and join at random. In the
// end every row that was taken is there once, and each episode whole and in order in one place.
class AppendModelTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  AppendModelTest() : rng_(GetParam(), "append-model") {}

  /// A step of each of some environments, as an actor appends it.
  TransitionBatch NextRows() {
    const auto count = static_cast<std::int64_t>(1 + rng_.Below(episodes_.size()));
    TransitionBatch rows = MarkedRows(0, count);
    for (std::int64_t row = 0; row < count; ++row) {
      auto& [episode, step] = episodes_[static_cast<std::size_t>(row)];
      rows.provenance[static_cast<std::size_t>(row)] = {
          .episode = episode, .producer = 7, .step = step++};
      const bool last = rng_.Below(6) == 0;
      rows.terminated[row] = last && rng_.Below(2) == 0 ? 1.0F : 0.0F;
      rows.truncated[row] = last && rows.terminated[row] == 0.0F ? 1.0F : 0.0F;
      if (last) {
        episode = next_episode_++;
        step = 0;
      }
    }
    return rows;
  }

  void ChangeFault() {
    FlakyReplay& link = *cluster_.links[rng_.Below(cluster_.links.size())];
    switch (rng_.Below(4)) {
      case 0:
        link.fault = FlakyReplay::Fault::kRequestLost;
        return;
      case 1:
        link.fault = FlakyReplay::Fault::kReplyLost;
        return;
      case 2:
        link.refuse = Error{ErrorCode::kBackpressure, "the test says wait"};
        return;
      default:
        Heal(link);
    }
  }
  static void Heal(FlakyReplay& link) {
    link.fault = FlakyReplay::Fault::kNone;
    link.refuse.reset();
  }

  Rng rng_;
  Cluster cluster_{2, {.capacity = 100'000, .shape = kTestShape}};
  std::vector<std::pair<std::uint64_t, std::uint32_t>> episodes_ = {{0, 0}, {1, 0}, {2, 0}};
  std::uint64_t next_episode_ = 3;
};

TEST_P(AppendModelTest, EveryRowArrivesOnceAndEpisodesStayWhole) {
  std::map<std::uint64_t, std::uint32_t> expected;  // rows taken of each episode
  std::optional<TransitionBatch> refused;
  for (int step = 0; step < 400; ++step) {
    if (rng_.Below(5) == 0) ChangeFault();
    if (step % 130 == 129) cluster_.AddShard();
    const TransitionBatch rows = refused ? *refused : NextRows();
    refused.reset();
    if (!cluster_.port.Append("t", rows).ok()) {
      refused = rows;
      continue;
    }
    for (const Provenance& row : rows.provenance) expected[row.episode] = row.step + 1;
  }
  for (const auto& link : cluster_.links) Heal(*link);
  ASSERT_TRUE(cluster_.port.Flush().ok());

  std::map<std::uint64_t, std::uint32_t> arrived;
  for (const auto& shard : cluster_.shards) {
    const auto read = shard->ReadSince("t", 0, 100'000).value();
    std::set<std::uint64_t> here;
    for (const Provenance& row : read.rows.provenance) {
      if (here.insert(row.episode).second) {
        ASSERT_FALSE(arrived.contains(row.episode)) << "an episode in two shards";
      }
      ASSERT_EQ(row.step, arrived[row.episode]++) << "episode " << row.episode;
    }
  }
  EXPECT_EQ(arrived, expected);
}

INSTANTIATE_TEST_SUITE_P(Seeds, AppendModelTest, testing::Range<std::uint64_t>(0, 40));

}  // namespace
}  // namespace dyna::testing_support
