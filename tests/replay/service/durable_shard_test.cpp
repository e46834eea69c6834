#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "common/core/error.hpp"
#include "tests/replay/service/shard_on_loopback.hpp"
#include "tests/support/temporary_folder.hpp"

// A shard that keeps its real table on the disk, and what its next life finds (promises P1, P2).

namespace dyna::replay {
namespace {

namespace fs = std::filesystem;

class DurableShardTest : public testing::Test {
 protected:
  void StartShard(const std::string& more = "") {
    shard_ = std::make_unique<ShardOnLoopback>(bind_, 0, "",
                                               "folder = \"" + folder_.string() + "\"\n" + more);
    bind_ = shard_->endpoint().text();
  }
  /// As SIGKILL would: nothing is flushed but what the kernel has.
  void KillShard() {
    shard_.reset();
    dead_ = life_;
  }

  void Connect(std::uint64_t epoch = 1) {
    auto options = ClientOptions(shard_->endpoint());
    options.connection.hello.client.incarnation = epoch;
    client_ =
        std::make_unique<RemoteShard>(std::make_unique<net::RequestPipeline>(context_, options),
                                      RemoteShard::Options{.environment = TestEnvironment(),
                                                           .producer = 7,
                                                           .epoch = epoch,
                                                           .counters_age = net::Milliseconds(1)});
  }
  void Turn() {
    if (shard_) shard_->Turn();
    client_->Poll();
  }
  template <class Call>
  auto Await(Call call) {
    auto result = call();
    EXPECT_TRUE(Eventually([&] {
      if (result.ok()) return true;
      Turn();
      result = call();
      return result.ok();
    })) << (result.ok() ? "" : result.error().message);
    return result;
  }
  TableCounters Counters(const std::string& table = kRealTable) {
    return Await([&] { return client_->Counters(table); }).value();
  }
  void GrantUpTo(std::uint64_t inserted_max) {
    EXPECT_TRUE(Eventually([&] {
      const TableCounters now = Counters();
      if (now.incarnation == dead_) {  // what a dead shard said last
        Turn();
        return false;
      }
      if (now.granted == inserted_max) {
        life_ = now.incarnation;
        return true;
      }
      (void)client_->Grant(
          kRealTable,
          {.incarnation = now.incarnation, .grants = now.grants, .inserted_max = inserted_max});
      for (int i = 0; i < 50; ++i) Turn();
      return false;
    }));
  }
  void Append(std::int64_t first, std::int64_t rows) {
    ASSERT_TRUE(Await([&] { return client_->Append(kRealTable, CountedRows(first, rows)); }).ok());
  }
  void AwaitFlushed() {
    ASSERT_TRUE(Eventually([&] {
      Turn();
      return client_->flushed();
    }));
  }
  /// The rewards in the real table, in order, are 0, 1, 2 ...
  void ExpectCounted(std::uint64_t rows) {
    std::uint64_t cursor = 0;
    std::uint64_t expected = 0;
    while (true) {
      const auto read = Await([&] { return client_->ReadSince(kRealTable, cursor, 1000); }).value();
      if (read.rows.size() == 0) break;
      for (std::int64_t row = 0; row < read.rows.size(); ++row) {
        ASSERT_EQ(read.rows.reward[row], static_cast<float>(expected++));
      }
      cursor = read.next_cursor;
    }
    EXPECT_EQ(expected, rows);
  }

  const testing_support::TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
  std::uint64_t life_ = 0;  ///< of the shard that was granted something last
  std::uint64_t dead_ = 0;
  std::string bind_ = "tcp://127.0.0.1:0";
  net::Context context_;
  std::unique_ptr<ShardOnLoopback> shard_;
  std::unique_ptr<RemoteShard> client_;
};

TEST_F(DurableShardTest, AcknowledgedRowsAreThereInTheNextLifeWithTheirCounts) {
  StartShard();
  Connect();
  GrantUpTo(1000);
  for (std::int64_t n = 0; n < 100; n += 5) Append(n, 5);
  AwaitFlushed();
  const TableCounters before = Counters();
  KillShard();
  StartShard();
  Connect(/*epoch=*/2);
  const TableCounters after = Counters();
  EXPECT_EQ(after.inserted, 100U);
  EXPECT_EQ(after.restored, 100U);
  EXPECT_GT(after.incarnation, before.incarnation);
  EXPECT_EQ(after.granted, 100U) << "what it may take more, the learner says anew";
  ExpectCounted(100);
}

// Promise P2: the same producer goes on over its shard's death; what it sends again because the
// acknowledgement was lost is not taken twice.
TEST_F(DurableShardTest, AProducerThatOutlivesItsShardLosesAndDoublesNothing) {
  StartShard();
  Connect();
  GrantUpTo(100'000);
  std::int64_t n = 0;
  for (int life = 0; life < 5; ++life) {
    for (int i = 0; i < 40; ++i, n += 3) Append(n, 3);  // some of them not acknowledged
    KillShard();
    StartShard();
    GrantUpTo(100'000);
  }
  AwaitFlushed();
  ExpectCounted(static_cast<std::uint64_t>(n));
}

TEST_F(DurableShardTest, AnOlderLifeOfAProducerStaysFencedInTheNextLifeOfTheShard) {
  StartShard();
  Connect(/*epoch=*/5);
  GrantUpTo(1000);
  Append(0, 5);
  AwaitFlushed();
  KillShard();
  StartShard();
  Connect(/*epoch=*/4);
  GrantUpTo(1000);
  (void)client_->Append(kRealTable, CountedRows(5, 5));
  std::string refusal;
  ASSERT_TRUE(Eventually([&] {
    Turn();
    const Status again = client_->Append(kRealTable, CountedRows(10, 5));
    if (!again.ok() && again.error().code == ErrorCode::kVersionMismatch) {
      refusal = again.error().message;
    }
    return !refusal.empty();
  }));
  EXPECT_NE(refusal.find("was replaced by epoch 5"), std::string::npos) << refusal;
}

TEST_F(DurableShardTest, SnapshotsBoundTheLogAndTheRestIsReadBehindThem) {
  StartShard("snapshot_mib = 1\n");
  Connect();
  GrantUpTo(1'000'000);
  std::int64_t n = 0;
  // Each row is about 90 bytes in the log: several snapshots.
  for (; n < 60'000; n += 500) Append(n, 500);
  AwaitFlushed();
  const auto count = [&](const std::string& suffix) {
    return std::count_if(
        fs::directory_iterator(folder_), fs::directory_iterator(),
        [&](const auto& entry) { return entry.path().string().ends_with(suffix); });
  };
  ASSERT_TRUE(Eventually([&] {
    Turn();
    return count(".state") >= 2;
  }));
  EXPECT_LE(count(".state"), 3);
  Append(n, 7);
  n += 7;
  AwaitFlushed();
  KillShard();
  StartShard();
  Connect(/*epoch=*/2);
  ExpectCounted(static_cast<std::uint64_t>(n));
  // The newest is damaged: the one before it and the messages since.
  KillShard();
  fs::path newest;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    if (entry.path().extension() == ".state") newest = std::max(newest, entry.path());
  }
  std::fstream file(newest, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(1000);
  file << "????";
  file.close();
  StartShard();
  Connect(/*epoch=*/3);
  ExpectCounted(static_cast<std::uint64_t>(n));
}

// Found by the chaos runs.
TEST_F(DurableShardTest, ASnapshotThatWasNotFinishedIsRemoved) {
  StartShard();
  Connect();
  GrantUpTo(1000);
  Append(0, 5);
  AwaitFlushed();
  KillShard();
  const fs::path unfinished = folder_ / "snapshot-000000000002.state.tmp";
  std::ofstream(unfinished) << "half";
  StartShard();
  EXPECT_FALSE(fs::exists(unfinished));
  Connect(/*epoch=*/2);
  ExpectCounted(5);
}

TEST_F(DurableShardTest, ALifeThatMayHoldFewerRowsThanTheSnapshotKeepsTheNewestOnes) {
  StartShard("snapshot_mib = 1\n");
  Connect();
  GrantUpTo(1'000'000);
  for (std::int64_t n = 0; n < 30'000; n += 500) Append(n, 500);
  AwaitFlushed();
  ASSERT_TRUE(Eventually([&] {
    Turn();
    return std::any_of(fs::directory_iterator(folder_), fs::directory_iterator(),
                       [](const auto& entry) { return entry.path().extension() == ".state"; });
  }));
  KillShard();
  StartShard("snapshot_mib = 1\nreal_capacity = 1000\n");
  Connect(/*epoch=*/2);
  const TableCounters after = Counters();
  EXPECT_EQ(after.capacity, 1000);
  EXPECT_EQ(after.size, 1000);
  EXPECT_EQ(after.inserted, 30'000U);
  const auto read = Await([&] { return client_->ReadSince(kRealTable, 0, 1000); }).value();
  EXPECT_EQ(read.rows.reward[0], 29'000.0F);
}

TEST_F(DurableShardTest, SyntheticRowsAreNotKeptUnlessAsked) {
  StartShard();
  Connect();
  GrantUpTo(1000);
  Append(0, 5);
  AwaitFlushed();
  KillShard();
  StartShard();
  Connect(/*epoch=*/2);
  EXPECT_EQ(Counters(kSyntheticTable).inserted, 0U);
}

TEST_F(DurableShardTest, AFolderInUseIsRefusedByName) {
  StartShard();
  try {
    const ShardOnLoopback second("tcp://127.0.0.1:0", 1, "",
                                 "folder = \"" + folder_.string() + "\"\n");
    FAIL() << "two shards on one folder";
  } catch (const OperatorError& error) {
    EXPECT_NE(std::string(error.what()).find(folder_.string() + "' is in use by another shard"),
              std::string::npos)
        << error.what();
  }
}

TEST_F(DurableShardTest, ASmallerCapacityKeepsTheNewestRowsThatFit) {
  StartShard("snapshot_mib = 1\n");
  Connect();
  GrantUpTo(1'000'000);
  for (std::int64_t n = 0; n < 30'000; n += 500) Append(n, 500);
  AwaitFlushed();
  KillShard();
  StartShard("real_capacity = 5000\n");
  Connect(/*epoch=*/2);
  EXPECT_EQ(Counters().inserted, 30'000U);
  EXPECT_EQ(Counters().size, 5000);
  const auto read = Await([&] { return client_->ReadSince(kRealTable, 0, 10'000); }).value();
  EXPECT_EQ(read.rows_missed, 25'000U);
  ASSERT_EQ(read.rows.size(), 5000);
  EXPECT_EQ(read.rows.reward[0], 25'000.0F);
  EXPECT_EQ(read.rows.reward[4999], 29'999.0F);
}

TEST_F(DurableShardTest, AnotherEnvironmentOnTheSameFolderIsRefusedNamingBoth) {
  StartShard();
  Connect();
  GrantUpTo(1000);
  Append(0, 5);
  AwaitFlushed();
  KillShard();
  StartShard();
  auto options = ClientOptions(shard_->endpoint());
  EnvSpec other = TestEnvironment();
  other.max_episode_steps = 77;
  client_ = std::make_unique<RemoteShard>(
      std::make_unique<net::RequestPipeline>(context_, options),
      RemoteShard::Options{.environment = other, .producer = 8, .epoch = 1});
  std::string message;
  ASSERT_TRUE(Eventually([&] {
    try {
      Turn();
      const auto counters = client_->Counters(kRealTable);
      if (!counters.ok() && counters.error().code == ErrorCode::kVersionMismatch) {
        message = counters.error().message;
      }
    } catch (const OperatorError& error) {
      message = error.what();
    }
    return !message.empty();
  }));
  EXPECT_NE(message.find("77 steps"), std::string::npos) << message;
  EXPECT_NE(message.find("200 steps"), std::string::npos) << message;
}

}  // namespace
}  // namespace dyna::replay
