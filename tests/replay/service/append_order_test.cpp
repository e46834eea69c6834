#include <gtest/gtest.h>

#include <vector>

#include "common/net/server.hpp"
#include "common/wire/messages_environment.hpp"
#include "common/wire/messages_replay.hpp"
#include "common/wire/rows_codec.hpp"
#include "tests/replay/service/shard_on_loopback.hpp"

// A shard that does not know a producer believes it where its rows begin. So whatever is refused,
// lost and sent again, the first rows of a producer must be the first that are taken: rows that
// were left out would count as rows that came twice, and would be acknowledged and lost.

namespace dyna::replay {
namespace {

/// Refuses the first append and answers no other: as a shard that is killed just then.
class DyingShard : public net::Handler {
 public:
  DyingShard(const net::Endpoint& endpoint, bool refuses)
      : refuses_(refuses), server_(context_, {.endpoint = endpoint}, *this) {}

  Result<wire::Welcome> OnHello(net::PeerId /*peer*/, const wire::Hello& hello) override {
    wire::Welcome welcome{.server = hello.client, .shard = 0, .tables = {}};
    welcome.server.role = wire::Role::kReplay;
    return welcome;
  }
  void OnRequest(net::Request request, const wire::Hello& /*client*/) override {
    if (request.message.type() != wire::MessageType::kAppend) return;
    first_rows.push_back(request.message.Decode<wire::Append>().value().first_seq);
    if (refuses_ && first_rows.size() == 1) {
      server_.Refuse(request.ticket, {ErrorCode::kBackpressure, "no room now"});
    }
  }
  void Turn() { server_.Poll(net::Milliseconds(0)); }
  const net::Endpoint& endpoint() const { return server_.endpoint(); }

  std::vector<std::uint64_t> first_rows;  ///< of each append that came

 private:
  bool refuses_;
  net::Context context_;  ///< its own: its end waits until the port is free
  net::Server server_;
};

TEST(AppendOrderTest, WhatIsBehindRefusedRowsDoesNotReachTheNextLifeOfAShardBeforeThem) {
  net::Context context;
  auto shard = std::make_unique<DyingShard>(net::BindEndpoint("test", "tcp://127.0.0.1:0"),
                                            /*refuses=*/true);
  const net::Endpoint endpoint = shard->endpoint();
  auto pipeline = std::make_unique<net::RequestPipeline>(context, ClientOptions(endpoint));
  RemoteShard client(std::move(pipeline),
                     {.environment = TestEnvironment(), .producer = 7, .epoch = 1});
  ASSERT_TRUE(Eventually([&] {
    shard->Turn();
    client.Poll();
    return client.Append(kRealTable, CountedRows(0, 1)).ok();
  }));
  // All are on their way before the first is refused.
  for (std::int64_t row = 1; row < 4; ++row) {
    ASSERT_TRUE(client.Append(kRealTable, CountedRows(row, 1)).ok());
  }
  ASSERT_TRUE(Eventually([&] {
    shard->Turn();
    return shard->first_rows.size() == 4;
  }));
  ASSERT_TRUE(Eventually([&] {
    client.Poll();
    return client.pipeline().counters().refused == 1;
  }));
  shard.reset();
  shard = std::make_unique<DyingShard>(endpoint, /*refuses=*/false);
  ASSERT_TRUE(Eventually([&] {
    shard->Turn();
    client.Poll();
    return !shard->first_rows.empty();
  }));
  EXPECT_EQ(shard->first_rows.front(), 0U);
}

TEST(AppendOrderTest, RowsThatCameBeforeTheEnvironmentKeepTheirPlace) {
  net::Context context;
  ShardOnLoopback shard;
  net::RequestPipeline client(context, ClientOptions(shard.endpoint()));
  const auto ask = [&](const auto& message, net::Frame payload) {
    const auto id = client.Send(message, std::move(payload)).value();
    std::optional<Result<net::Received>> answer;
    EXPECT_TRUE(Eventually([&] {
      shard.Turn();
      client.Poll(net::Milliseconds(0));
      answer = client.Take(id);
      return answer.has_value();
    }));
    return *std::move(answer);
  };
  const auto append = [&](std::int64_t first) {
    return ask(wire::Append{.table = kRealTable,
                            .producer = 7,
                            .epoch = 1,
                            .first_seq = static_cast<std::uint64_t>(first),
                            .rows = 2},
               net::Frame(wire::EncodeRows(CountedRows(first, 2))));
  };
  const auto early = append(0);
  ASSERT_FALSE(early.ok());
  EXPECT_NE(early.error().message.find("first actor"), std::string::npos) << early.error().message;
  ASSERT_TRUE(ask(wire::Environment{.spec = TestEnvironment()}, net::Frame()).ok());
  const auto behind = append(2);
  ASSERT_FALSE(behind.ok());
  EXPECT_EQ(behind.error().code, ErrorCode::kBackpressure);
  EXPECT_NE(behind.error().message.find("rows 0 to 2 are missing"), std::string::npos)
      << behind.error().message;
}

}  // namespace
}  // namespace dyna::replay
