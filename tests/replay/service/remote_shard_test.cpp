#include "common/ports/remote/remote_shard.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/replay/service/shard_on_loopback.hpp"
#include "tests/support/chaos_proxy.hpp"
#include "tests/support/message_proxy.hpp"

namespace dyna::replay {
namespace {

class RemoteShardTest : public testing::Test {
 protected:
  void Connect(const net::Endpoint& endpoint) {
    client_ = std::make_unique<RemoteShard>(
        std::make_unique<net::RequestPipeline>(context_, ClientOptions(endpoint)),
        RemoteShard::Options{.environment = TestEnvironment(),
                             .producer = 7,
                             .epoch = 1,
                             .counters_age = net::Milliseconds(1)});
  }
  void Turn() {
    if (proxy_ != nullptr) proxy_->Turn();
    if (shard_) shard_->Turn();
    client_->Poll();
  }
  /// Repeats a call that needs several turns until it has succeeded.
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
  TableCounters Counters() {
    return Await([this] { return client_->Counters(kRealTable); }).value();
  }
  /// Lets the real table take `inserted_max` rows in all.
  void GrantUpTo(std::uint64_t inserted_max) {
    EXPECT_TRUE(Eventually([&] {
      const TableCounters now = Counters();
      if (now.granted == inserted_max) return true;
      (void)client_->Grant(
          kRealTable,
          {.incarnation = now.incarnation, .grants = now.grants, .inserted_max = inserted_max});
      for (int i = 0; i < 50; ++i) Turn();
      return false;
    }));
  }
  /// The rewards in the table, in order.
  std::vector<float> Rewards() {
    std::vector<float> rewards;
    std::uint64_t cursor = 0;
    while (true) {
      const auto read = Await([&] { return client_->ReadSince(kRealTable, cursor, 1000); }).value();
      if (read.rows.size() == 0) return rewards;
      for (std::int64_t row = 0; row < read.rows.size(); ++row) {
        rewards.push_back(read.rows.reward[row]);
        EXPECT_EQ(read.rows.obs(row, 0), read.rows.reward[row]);
      }
      cursor = read.next_cursor;
    }
  }
  static void ExpectCounted(const std::vector<float>& rewards, std::size_t rows) {
    ASSERT_EQ(rewards.size(), rows);
    for (std::size_t i = 0; i < rows; ++i) ASSERT_EQ(rewards[i], static_cast<float>(i));
  }

  net::Context context_;
  std::unique_ptr<ShardOnLoopback> shard_ = std::make_unique<ShardOnLoopback>();
  std::unique_ptr<RemoteShard> client_;
  testing_support::MessageProxy* proxy_ = nullptr;
};

TEST_F(RemoteShardTest, RowsArriveOnceAndInOrder) {
  Connect(shard_->endpoint());
  GrantUpTo(1000);
  for (std::int64_t first = 0; first < 300; first += 3) {
    (void)Await([&] { return client_->Append(kRealTable, CountedRows(first, 3)); });
  }
  EXPECT_TRUE(Eventually([&] {
    Turn();
    return client_->flushed();
  }));
  ExpectCounted(Rewards(), 300);
  EXPECT_EQ(Counters().inserted, 300U);
}

TEST_F(RemoteShardTest, ATableWithoutGrantRefusesAndSaysWhyUntilItIsGranted) {
  Connect(shard_->endpoint());
  GrantUpTo(5);
  std::string why;
  std::int64_t taken = 0;
  EXPECT_TRUE(Eventually([&] {
    Turn();
    const Status appended = client_->Append(kRealTable, CountedRows(taken, 1));
    if (appended.ok()) {
      ++taken;
    } else {
      why = appended.error().message;
    }
    return why.find("learner has granted") != std::string::npos;
  }));
  EXPECT_EQ(Counters().inserted, 5U);
  EXPECT_LE(taken, 5 + 8);  // no more wait here than AppendQueue's batches
  EXPECT_TRUE(client_->Append(kRealTable, CountedRows(taken, 1)).error().code ==
              ErrorCode::kBackpressure);
  GrantUpTo(100);
  EXPECT_TRUE(Eventually([&] {
    Turn();
    return client_->flushed();
  }));
  ExpectCounted(Rewards(), static_cast<std::size_t>(taken));
}

TEST_F(RemoteShardTest, AShardThatComesBackWithoutItsMemoryGetsWhatItNeverAcknowledged) {
  const std::string address = shard_->endpoint().text();
  Connect(shard_->endpoint());
  GrantUpTo(1000);
  (void)Await([&] { return client_->Append(kRealTable, CountedRows(0, 10)); });
  EXPECT_TRUE(Eventually([&] {
    Turn();
    return client_->flushed();
  }));
  const std::uint64_t first_life = Counters().incarnation;
  shard_.reset();
  (void)client_->Append(kRealTable, CountedRows(10, 2));
  shard_ = std::make_unique<ShardOnLoopback>(address);
  EXPECT_TRUE(Eventually([&] { return Counters().incarnation != first_life; }));
  GrantUpTo(1000);  // a new life has no allowance
  EXPECT_TRUE(Eventually([&] {
    Turn();
    return client_->flushed();
  }));
  EXPECT_EQ(Rewards(), (std::vector<float>{10.0F, 11.0F}));
}

TEST_F(RemoteShardTest, ResetsAndCutsLoseNothingAndDoubleNothing) {
  testing_support::ChaosProxy proxy({.target_port = shard_->endpoint().port});
  Connect({.host = "127.0.0.1", .port = proxy.port()});
  GrantUpTo(100'000);
  std::int64_t next = 0;
  auto chaos_at = std::chrono::steady_clock::now();
  int chaos = 0;
  EXPECT_TRUE(Eventually([&] {
    Turn();
    if (client_->Append(kRealTable, CountedRows(next, 2)).ok()) next += 2;
    if (std::chrono::steady_clock::now() > chaos_at && chaos < 15) {
      if (chaos++ % 2 == 0) {
        proxy.ResetAll();
      } else {
        proxy.CutAll();
      }
      chaos_at = std::chrono::steady_clock::now() + std::chrono::milliseconds(30);
    }
    return chaos == 15 && next > 1000;
  }));
  EXPECT_TRUE(Eventually([&] {
    Turn();
    return client_->flushed();
  }));
  EXPECT_GT(client_->pipeline().connection().counters().losses, 3U);
  ExpectCounted(Rewards(), static_cast<std::size_t>(next));
}

// Not from TCP, but from whatever else may carry messages one day; and it asks the numbering for
// more than TCP does. Where a producer begins is the one thing that order decides.
TEST_F(RemoteShardTest, MessagesThatComeTwiceOrOutOfOrderLoseNothingAndDoubleNothing) {
  testing_support::MessageProxy proxy(shard_->endpoint().text(), /*seed=*/5);
  Connect(net::ConnectEndpoint("proxy", proxy.endpoint()));
  proxy_ = &proxy;
  GrantUpTo(100'000);
  std::int64_t next = 0;
  EXPECT_TRUE(Eventually([&] {
    Turn();
    if (client_->Append(kRealTable, CountedRows(next, 2)).ok()) next += 2;
    proxy.set_trouble(client_->acknowledged(kRealTable) > 0);
    return proxy.doubled() > 100 && proxy.overtaken() > 100 && next > 1000;
  }));
  EXPECT_TRUE(Eventually([&] {
    Turn();
    return client_->flushed();
  }));
  proxy.set_trouble(false);
  ExpectCounted(Rewards(), static_cast<std::size_t>(next));
}

TEST_F(RemoteShardTest, SamplesAreRowsOfTheTableAndComeFromAStock) {
  Connect(shard_->endpoint());
  GrantUpTo(1000);
  (void)Await([&] { return client_->Append(kRealTable, CountedRows(0, 200)); });
  const SampleRequest request{.table = kRealTable, .rows = 64};
  std::vector<int> seen(200, 0);
  for (int i = 0; i < 50; ++i) {
    const auto batch = Await([&] { return client_->Sample(request); }).value();
    ASSERT_EQ(batch.rows.size(), 64);
    for (std::int64_t row = 0; row < 64; ++row) {
      const float reward = batch.rows.reward[row];
      EXPECT_EQ(batch.rows.obs(row, 0), reward);
      ++seen.at(static_cast<std::size_t>(reward));
    }
  }
  for (const int count : seen) EXPECT_GT(count, 0);  // 3200 draws of 200 rows
  EXPECT_LT(Counters().sampled, 50U * 64U + 3000U);  // and the stock is bounded
}

TEST_F(RemoteShardTest, LargeAndUnlimitedSamplesAreDrawnWhenAsked) {
  Connect(shard_->endpoint());
  GrantUpTo(1000);
  (void)Await([&] { return client_->Append(kRealTable, CountedRows(0, 100)); });
  const auto batch =
      Await([&] {
        return client_->Sample({.table = kRealTable, .rows = 5000, .limited = false});
      }).value();
  EXPECT_EQ(batch.rows.size(), 5000);
  EXPECT_EQ(Counters().sampled, 0U);
}

TEST_F(RemoteShardTest, MoreRowsThanAMessageHoldsTravelAsSeveral) {
  constexpr std::int64_t kRows = 400'000;  // of 60 bytes and more: three messages
  Connect(shard_->endpoint());
  GrantUpTo(kRows);
  ASSERT_TRUE(Await([this] { return client_->Append(kRealTable, CountedRows(0, kRows)); }).ok());
  ASSERT_TRUE(Eventually([&] {
    Turn();
    return client_->flushed();
  }));
  const TableCounters counters = Counters();
  EXPECT_EQ(counters.inserted, static_cast<std::uint64_t>(kRows));
}

TEST_F(RemoteShardTest, AClientOfAnotherRunIsRefusedForGoodNamingBoth) {
  auto options = ClientOptions(shard_->endpoint());
  options.connection.hello.client.run = "other";
  client_ = std::make_unique<RemoteShard>(
      std::make_unique<net::RequestPipeline>(context_, options),
      RemoteShard::Options{.environment = TestEnvironment(), .producer = 7, .epoch = 1});
  const net::Connection& connection = client_->pipeline().connection();
  EXPECT_TRUE(Eventually([&] {
    Turn();
    return connection.state() == net::Connection::State::kRefused;
  }));
  for (const char* part : {"actor-1", "replay-0", "'other'", "'r'"}) {
    EXPECT_NE(connection.refusal().message.find(part), std::string::npos)
        << connection.refusal().message;
  }
}

TEST_F(RemoteShardTest, ASecondLearnerIsRefusedNamingTheFirst) {
  const auto learner = [&](const std::string& instance) {
    auto options = ClientOptions(shard_->endpoint(), instance);
    options.connection.hello.client.role = wire::Role::kLearner;
    return std::make_unique<net::RequestPipeline>(context_, options);
  };
  const auto first = learner("learner-a");
  EXPECT_TRUE(Eventually([&] {
    shard_->Turn();
    first->Poll(net::Milliseconds(0));
    return first->ready();
  }));
  const auto second = learner("learner-b");
  EXPECT_TRUE(Eventually([&] {
    shard_->Turn();
    first->Poll(net::Milliseconds(0));
    second->Poll(net::Milliseconds(0));
    return second->connection().state() == net::Connection::State::kRefused;
  }));
  const std::string& why = second->connection().refusal().message;
  EXPECT_NE(why.find("learner-a"), std::string::npos) << why;
  EXPECT_NE(why.find("learner-b"), std::string::npos) << why;
}

}  // namespace
}  // namespace dyna::replay
