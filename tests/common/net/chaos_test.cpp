#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/common/net/net_testing.hpp"
#include "tests/support/chaos_proxy.hpp"

// A pipeline and a server with a bad network between them.

namespace dyna::net {
namespace {

using testing_support::ChaosProxy;

struct World {
  explicit World(RequestPipeline::Options options = ClientOptions({}))
      : service(context), proxy({.target_port = service.server.endpoint().port}) {
    options.connection.endpoint = {.host = "127.0.0.1", .port = proxy.port()};
    options.connection.socket.heartbeat = Milliseconds(100);
    client.emplace(context, options);
  }
  bool RunUntil(const std::function<bool()>& done) { return Spin(*client, service.server, done); }

  Context context = {};
  Service service;
  ChaosProxy proxy;
  std::optional<RequestPipeline> client = {};
};

TEST(ChaosTest, AStalledConnectionIsNoticedByItsHeartbeatAndWhatItCarriedIsSentAgain) {
  World world;
  ASSERT_TRUE(world.RunUntil([&] { return world.client->ready(); }));
  world.proxy.SetStalled(true);
  const RequestId id = world.client->Send(AppendOf(5), Frame()).value();
  ASSERT_TRUE(world.RunUntil([&] { return world.client->connection().counters().losses == 1; }));
  EXPECT_FALSE(world.client->Take(id).has_value());
  world.proxy.SetStalled(false);
  ASSERT_TRUE(world.RunUntil([&] { return world.client->counters().answered == 1; }));
  EXPECT_TRUE(world.client->Take(id)->ok());
}

TEST(ChaosTest, AStalledPeerCostsARequestItsDeadlineNotTheLoopItsTime) {
  FakeClock time;
  World world;
  auto options = ClientOptions({.host = "127.0.0.1", .port = world.proxy.port()});
  world.client.emplace(world.context, options, time.clock());
  ASSERT_TRUE(world.RunUntil([&] { return world.client->ready(); }));
  world.proxy.SetStalled(true);
  const RequestId id = world.client->Send(AppendOf(5), Frame()).value();
  world.client->Poll(Milliseconds(0));
  time.now += Milliseconds(10'000);
  world.client->Poll(Milliseconds(0));
  const auto reply = world.client->Take(id);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->error().code, ErrorCode::kTimeout);
}

TEST(ChaosTest, ADelayDelaysButLosesNothing) {
  World world;
  world.proxy.SetDelay(Milliseconds(50));
  for (std::uint64_t i = 0; i < 100; ++i) {
    ASSERT_TRUE(world.client->Send(AppendOf(i), Frame(1000)).ok());
  }
  ASSERT_TRUE(world.RunUntil([&] { return world.client->counters().answered == 100; }));
  EXPECT_EQ(world.service.shard.appended.size(), 100U);
  EXPECT_EQ(world.client->counters().resent, 0U);
}

/// Sends 500 appends while the network does its worst, as `seed` decides.
void RunStorm(std::uint64_t seed) {
  constexpr std::uint64_t kAppends = 500;
  auto options = ClientOptions({});
  options.window.requests_max = 50;
  World world(options);
  Rng rng(seed, "storm");
  std::map<RequestId, std::uint64_t> waiting;
  std::uint64_t next = 0;
  std::uint64_t acknowledged = 0;
  const auto misbehave = [&] {
    switch (rng.Below(100)) {
      case 0:
        return world.proxy.CutAll();
      case 1:
        return world.proxy.ResetAll();
      case 2:
        return world.proxy.SetStalled(true);
      case 3:
        return world.proxy.SetDelay(Milliseconds(rng.Below(20)));
      case 4:
        return world.proxy.SetAccepting(rng.Below(2) == 0);
      default:
        world.proxy.SetAccepting(true);
        if (rng.Below(20) == 0) world.proxy.SetStalled(false);
    }
  };
  ASSERT_TRUE(world.RunUntil([&] {
    misbehave();
    if (next < kAppends && world.client->window().RoomFor(2000).ok()) {
      const auto sent = world.client->Send(AppendOf(next), Frame(rng.Below(1000)),
                                           {.timeout = Milliseconds::max()});
      waiting[sent.value()] = next++;
    }
    for (auto at = waiting.begin(); at != waiting.end();) {
      const auto reply = world.client->Take(at->first);
      EXPECT_TRUE(!reply || reply->ok());
      if (reply) ++acknowledged;
      at = reply ? waiting.erase(at) : std::next(at);
    }
    return acknowledged == kAppends;
  }));
  // Everything arrived, and first arrivals came in order.
  std::uint64_t expected = 0;
  for (const std::uint64_t seq : world.service.shard.appended) {
    ASSERT_LE(seq, expected) << "a gap";
    if (seq == expected) ++expected;
  }
  EXPECT_EQ(expected, kAppends);
  EXPECT_GT(world.client->connection().counters().losses, 0U);
}

TEST(ChaosTest, EveryRequestIsAnsweredOnceAndArrivesInOrderWhateverTheNetworkDoes) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    ASSERT_NO_FATAL_FAILURE(RunStorm(seed));
  }
}

}  // namespace
}  // namespace dyna::net
