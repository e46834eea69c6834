#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/common/ports/sharded_testing.hpp"

namespace dyna::testing_support {
namespace {

using testing::HasSubstr;

std::vector<int> Marks(const TransitionBatch& rows) {
  std::vector<int> marks;
  for (std::int64_t row = 0; row < rows.size(); ++row) marks.push_back(MarkOf(rows, row));
  return marks;
}

TEST(ShardedReadTest, ShardsTakeTurnsAndACursorCountsTheRowsBeforeIt) {
  Cluster cluster(2);
  cluster.Put(0, 0, 6);
  cluster.Put(1, 100, 3);
  const auto first = cluster.port.ReadSince("t", 0, 4).value();
  EXPECT_EQ(Marks(first.rows), (std::vector<int>{0, 1, 100, 101}));
  EXPECT_EQ(first.next_cursor, 4U);
  const auto second = cluster.port.ReadSince("t", 4, 4).value();
  EXPECT_EQ(Marks(second.rows), (std::vector<int>{102, 2, 3, 4})) << "the other begins";
  const auto third = cluster.port.ReadSince("t", 8, 4).value();
  EXPECT_EQ(Marks(third.rows), (std::vector<int>{5}));
  EXPECT_EQ(third.next_cursor, 9U);
  EXPECT_EQ(cluster.port.ReadSince("t", 9, 4).value().rows.size(), 0);
  EXPECT_EQ(cluster.port.ReadSince("t", 9, 4).value().next_cursor, 9U);
  EXPECT_EQ(Marks(cluster.port.ReadSince("t", 0, 4).value().rows), Marks(first.rows)) << "again";
}

TEST(ShardedReadTest, ACursorNeverReturnedStandsForTheNewestRowsOfEachShard) {
  Cluster cluster(2);
  cluster.Put(0, 0, 60);
  cluster.Put(1, 100, 20);
  auto marks = Marks(cluster.port.ReadSince("t", 80 - 8, 100).value().rows);
  std::sort(marks.begin(), marks.end());
  EXPECT_EQ(marks, (std::vector<int>{54, 55, 56, 57, 58, 59, 118, 119}));
  EXPECT_EQ(cluster.port.ReadSince("t", 81, 1).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(cluster.port.ReadSince("t", 0, 0).error().code, ErrorCode::kInvalidArgument);
}

TEST(ShardedReadTest, ASilentShardIsPassedOverAndReadLater) {
  Cluster cluster(2);
  cluster.Put(0, 0, 3);
  cluster.Put(1, 100, 3);
  cluster.links[0]->fault = FlakyReplay::Fault::kRequestLost;
  const auto read = cluster.port.ReadSince("t", 0, 10).value();
  EXPECT_EQ(Marks(read.rows), (std::vector<int>{100, 101, 102}));
  cluster.links[1]->fault = FlakyReplay::Fault::kRequestLost;
  const Error error = cluster.port.ReadSince("t", read.next_cursor, 10).error();
  EXPECT_EQ(error.code, ErrorCode::kTimeout);
  EXPECT_THAT(error.message, HasSubstr("shard 'replay-1'"));
  cluster.links[0]->fault = FlakyReplay::Fault::kNone;
  EXPECT_EQ(Marks(cluster.port.ReadSince("t", read.next_cursor, 10).value().rows),
            (std::vector<int>{0, 1, 2}));
}

TEST(ShardedReadTest, AnAnswerThatCannotBeRightIsPassedOverLikeSilence) {
  Cluster cluster(2);
  cluster.Put(0, 0, 4);
  cluster.Put(1, 100, 4);
  const std::vector<std::function<void(ReadBatch&)>> wrongs = {
      [](ReadBatch& read) { read.rows = MarkedRows(0, 50); },
      [](ReadBatch& read) { read.next_cursor = 0; },
      [](ReadBatch& read) { read.rows.reward[0] = HUGE_VALF; },
      [](ReadBatch& read) { read.rows.provenance.clear(); },
      [](ReadBatch& read) { read.rows = TransitionBatch::Zeros(1, {.obs_columns = 9}); },
  };
  for (std::size_t k = 0; k < wrongs.size(); ++k) {
    SCOPED_TRACE(k);
    std::uint64_t cursor = cluster.port.ReadSince("t", 0, 2).value().next_cursor;
    cursor = cluster.port.ReadSince("t", cursor, 2).value().next_cursor;
    cluster.links[1]->tamper_read = wrongs[k];
    const auto read = cluster.port.ReadSince("t", cursor, 10).value();
    EXPECT_EQ(Marks(read.rows), (std::vector<int>{2, 3}));
    cluster.links[1]->tamper_read = nullptr;
    EXPECT_EQ(Marks(cluster.port.ReadSince("t", read.next_cursor, 10).value().rows),
              (std::vector<int>{102, 103}));
  }
}

TEST(ShardedReadTest, AnUnknownTableIsNotFound) {
  Cluster cluster(2);
  EXPECT_EQ(cluster.port.ReadSince("x", 0, 1).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Cluster(0).port.ReadSince("t", 0, 1).error().code, ErrorCode::kBackpressure);
}

TEST(ShardedReadTest, RowsThatGetTheIdsOfLostOnesAreRead) {
  Cluster cluster(2);
  cluster.Put(0, 0, 10);
  cluster.Put(1, 100, 10);
  StateDict durable;
  cluster.shards[1]->Save(durable);
  cluster.Put(1, 110, 5);  // read, then lost
  auto cursor = cluster.port.ReadSince("t", 0, 100).value().next_cursor;
  EXPECT_EQ(cursor, 25U);
  cluster.Restart(1, &durable);
  cluster.Put(1, 200, 7);  // ids 10 .. 16, of which 10 .. 14 were others' before
  const auto read = cluster.port.ReadSince("t", cursor, 100).value();
  EXPECT_EQ(Marks(read.rows), (std::vector<int>{200, 201, 202, 203, 204, 205, 206}));
  EXPECT_EQ(read.next_cursor, 32U) << "the lost rows stay counted";
  EXPECT_EQ(cluster.port.Counters("t").value().inserted, 32U);
}

// Model-based: readers of different paces over shards that evict, fail, join and are saved and
// loaded get every row once, or counted as missed, each shard's rows in order.
class ReadModelTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  struct Reader {
    std::uint64_t cursor = 0;
    std::uint64_t rows = 0;
    std::uint64_t missed = 0;
    std::map<int, int> next_mark = {};  ///< by shard: marks below are done with
  };

  ReadModelTest() : rng_(GetParam(), "read-model") {}

  void Append() {
    const std::size_t k = rng_.Below(cluster_->shards.size());
    const auto count = static_cast<std::int64_t>(1 + rng_.Below(12));
    cluster_->Put(k, MarkOfNext(k), count);
    appended_[k] += static_cast<int>(count);
  }
  int MarkOfNext(std::size_t k) { return static_cast<int>(k) * 100'000 + appended_[k]; }

  void Read(Reader& reader) {
    const auto rows_max = static_cast<std::int64_t>(1 + rng_.Below(20));
    const auto read = cluster_->port.ReadSince("t", reader.cursor, rows_max);
    if (!read.ok()) {
      ASSERT_EQ(read.error().code, ErrorCode::kTimeout);
      return;
    }
    ASSERT_LE(read.value().rows.size(), rows_max);
    for (const int mark : Marks(read.value().rows)) {
      int& next = reader.next_mark[mark / 100'000];
      ASSERT_GE(mark % 100'000, next) << "twice or out of order";
      next = mark % 100'000 + 1;
    }
    reader.rows += static_cast<std::uint64_t>(read.value().rows.size());
    reader.missed += read.value().rows_missed;
    reader.cursor = read.value().next_cursor;
  }

  void SaveAndLoad() {
    StateDict state;
    cluster_->port.Save(state);
    ShardedReplayPort fresh(1);
    for (std::size_t k = 0; k < cluster_->shards.size(); ++k) {
      fresh.AddShard(Cluster::TagOfShard(k), "replay-" + std::to_string(k), *cluster_->links[k]);
    }
    fresh.Load(state);
    StateDict again;
    fresh.Save(again);
    ASSERT_TRUE(again == state);
    cluster_->port.Load(state);
  }

  std::uint64_t Appended() const {
    std::uint64_t sum = 0;
    for (const auto& [k, count] : appended_) sum += static_cast<std::uint64_t>(count);
    return sum;
  }

  Rng rng_;
  std::unique_ptr<Cluster> cluster_ =
      std::make_unique<Cluster>(2, TableOptions{.capacity = 60, .shape = kTestShape});
  std::map<std::size_t, int> appended_;
};

TEST_P(ReadModelTest, EveryRowIsReadOnceOrCountedAsMissed) {
  std::vector<Reader> readers(3);
  for (int step = 0; step < 500; ++step) {
    SCOPED_TRACE(testing::Message() << "seed=" << GetParam() << " step=" << step);
    auto& link = *cluster_->links[rng_.Below(cluster_->links.size())];
    if (rng_.Below(12) == 0) link.fault = FlakyReplay::Fault::kRequestLost;
    if (rng_.Below(4) == 0) link.fault = FlakyReplay::Fault::kNone;
    if (rng_.Below(150) == 0) cluster_->AddShard();
    if (rng_.Below(40) == 0) SaveAndLoad();
    Append();
    // The first reader keeps up, the last one lags far behind.
    Read(readers[0]);
    if (rng_.Below(2) == 0) Read(readers[1]);
    if (rng_.Below(30) == 0) Read(readers[2]);
    if (HasFatalFailure()) return;
  }
  for (const auto& link : cluster_->links) link->fault = FlakyReplay::Fault::kNone;
  for (Reader& reader : readers) {
    while (reader.cursor % (1ULL << 48) < Appended() && !HasFatalFailure()) Read(reader);
    EXPECT_EQ(reader.rows + reader.missed, Appended());
  }
  EXPECT_GT(readers[2].missed, 0U) << "nothing was evicted: the test shows less than it says";
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReadModelTest, testing::Range<std::uint64_t>(0, 30));

}  // namespace
}  // namespace dyna::testing_support
