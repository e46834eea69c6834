#include "common/ports/remote/shard_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "common/core/error.hpp"
#include "tests/replay/service/shard_on_loopback.hpp"

namespace dyna::replay {
namespace {

constexpr std::uint64_t kGranted = 1000;

class ShardPoolTest : public testing::Test {
 protected:
  void Connect(const std::vector<net::Endpoint>& endpoints, const std::string& run = "r") {
    ShardPool::Options options;
    options.names.endpoints = endpoints;
    options.pipeline = ClientOptions({});
    options.pipeline.connection.hello.client.run = run;
    options.shard = {.environment = TestEnvironment(),
                     .producer = 7,
                     .epoch = 1,
                     .counters_age = net::Milliseconds(1)};
    pool_ = std::make_unique<ShardPool>(context_, options, nullptr);
  }
  void Turn() {
    for (auto& [tag, shard] : shards_) shard->Turn();
    pool_->Poll();
    for (std::string& name : pool_->TakeJoined()) joined_.push_back(std::move(name));
  }
  bool AwaitShards(std::size_t count) {
    return Eventually([&] {
      Turn();
      return pool_->shards() == count;
    });
  }
  void Start(int tag, const std::string& bind = "tcp://127.0.0.1:0") {
    shards_[tag] = std::make_unique<ShardOnLoopback>(bind, tag);
  }
  /// Lets the real table of one shard take kGranted rows.
  bool Grant(int tag) {
    return Eventually([&] {
      Turn();
      RemoteShard& shard = *pool_->by_tag().at(static_cast<ShardTag>(tag));
      const auto now = shard.Counters(kRealTable);
      if (!now.ok()) return false;
      if (now.value().granted == kGranted) return true;
      (void)shard.Grant(kRealTable, {.incarnation = now.value().incarnation,
                                     .grants = now.value().grants,
                                     .inserted_max = kGranted});
      for (int i = 0; i < 20; ++i) Turn();
      return false;
    });
  }
  std::uint64_t InsertedAt(int tag) {
    std::uint64_t inserted = 0;
    EXPECT_TRUE(Eventually([&] {
      Turn();
      const auto now = pool_->by_tag().at(static_cast<ShardTag>(tag))->Counters(kRealTable);
      if (now.ok()) inserted = now.value().inserted;
      return now.ok();
    }));
    return inserted;
  }
  /// Whole episodes of ten rows, one after the other, until each is acknowledged.
  void AppendEpisodes(int first, int count) {
    for (int episode = first; episode < first + count; ++episode) {
      auto rows = CountedRows(10LL * episode, 10);
      for (auto& from : rows.provenance) from.episode = static_cast<std::uint32_t>(episode);
      ASSERT_TRUE(Eventually([&] {
        Turn();
        return pool_->port().Append(kRealTable, rows).ok();
      }));
    }
    ASSERT_TRUE(Eventually([&] {
      pool_->Flush();
      Turn();
      return pool_->flushed();
    }));
  }

  net::Context context_;
  std::map<int, std::unique_ptr<ShardOnLoopback>> shards_;
  std::unique_ptr<ShardPool> pool_;
  std::vector<std::string> joined_;
};

TEST_F(ShardPoolTest, FindsEveryShardByItsAddressAndSpreadsEpisodesOverThem) {
  Start(0);
  Start(1);
  Connect({shards_[0]->endpoint(), shards_[1]->endpoint()});
  EXPECT_NE(pool_->Explain(), "");
  ASSERT_TRUE(AwaitShards(2));
  EXPECT_EQ(pool_->Explain(), "");
  std::sort(joined_.begin(), joined_.end());
  EXPECT_EQ(joined_, (std::vector<std::string>{"replay-0", "replay-1"}));
  ASSERT_TRUE(Grant(0) && Grant(1));
  AppendEpisodes(0, 40);
  EXPECT_TRUE(Eventually([&] { return InsertedAt(0) + InsertedAt(1) == 400; }));
  EXPECT_GT(InsertedAt(0), 0U);
  EXPECT_GT(InsertedAt(1), 0U);
  EXPECT_EQ(InsertedAt(0) % 10, 0U) << "an episode was torn apart";
}

// Promise P6.
TEST_F(ShardPoolTest, AShardThatStartsLaterJoinsAndTakesItsShare) {
  Start(0);
  Start(1);
  const net::Endpoint later = shards_[1]->endpoint();
  shards_.erase(1);  // its port is free again
  Connect({shards_[0]->endpoint(), later});
  ASSERT_TRUE(AwaitShards(1));
  ASSERT_TRUE(Grant(0));
  AppendEpisodes(0, 5);
  EXPECT_EQ(InsertedAt(0), 50U);

  Start(1, later.text());
  ASSERT_TRUE(AwaitShards(2));
  ASSERT_TRUE(Grant(1));
  AppendEpisodes(5, 40);
  EXPECT_TRUE(Eventually([&] { return InsertedAt(0) + InsertedAt(1) == 450; }));
  EXPECT_GT(InsertedAt(1), 0U);
}

TEST_F(ShardPoolTest, AShardOfAnotherRunStopsUsNamingBoth) {
  Start(0);
  Connect({shards_[0]->endpoint()}, "another");
  std::string message;
  ASSERT_TRUE(Eventually([&] {
    try {
      Turn();
    } catch (const OperatorError& error) {
      message = error.what();
    }
    return !message.empty();
  }));
  EXPECT_NE(message.find("replay-0"), std::string::npos) << message;
  EXPECT_NE(message.find("'r'"), std::string::npos) << message;
  EXPECT_NE(message.find("'another'"), std::string::npos) << message;
}

TEST_F(ShardPoolTest, TwoShardsThatClaimOneNumberStopUs) {
  Start(0);
  ShardOnLoopback twin("tcp://127.0.0.1:0", 0, "replay-twin");
  Connect({shards_[0]->endpoint(), twin.endpoint()});
  std::string message;
  ASSERT_TRUE(Eventually([&] {
    try {
      twin.Turn();
      Turn();
    } catch (const OperatorError& error) {
      message = error.what();
    }
    return !message.empty();
  }));
  EXPECT_NE(message.find(twin.endpoint().text()), std::string::npos) << message;
}

}  // namespace
}  // namespace dyna::replay
