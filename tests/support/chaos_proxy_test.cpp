#include "tests/support/chaos_proxy.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/support/eventually.hpp"
#include "tests/support/tcp_socket.hpp"

namespace dyna::testing_support {
namespace {

using Clock = std::chrono::steady_clock;

/// A connection through the proxy, both of whose ends the test holds.
struct World {
  World() : proxy({.target_port = listener.port()}) {}
  void Connect() {
    client.emplace(TcpSocket::Connect(proxy.port()));
    ASSERT_TRUE(Eventually([&] {
      auto peer = listener.Accept();
      if (peer) server.emplace(std::move(*peer));
      return server.has_value();
    }));
  }
  static bool Arrives(const TcpSocket& at, const std::string& expected) {
    std::string got;
    return Eventually([&] { return (got += at.Receive()) == expected; });
  }

  TcpSocket listener = TcpSocket::Listen();
  ChaosProxy proxy;
  std::optional<TcpSocket> client = {};
  std::optional<TcpSocket> server = {};
};

TEST(ChaosProxyTest, PassesBytesBothWaysUnchanged) {
  World world;
  world.Connect();
  std::string large(300'000, 'x');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 31 >> 3);
  ASSERT_TRUE(world.client->Send("up"));
  ASSERT_TRUE(world.server->Send("down"));
  EXPECT_TRUE(World::Arrives(*world.server, "up"));
  EXPECT_TRUE(World::Arrives(*world.client, "down"));
  ASSERT_TRUE(world.server->Send(large));
  EXPECT_TRUE(World::Arrives(*world.client, large));
  EXPECT_EQ(world.proxy.connections(), 1);
  EXPECT_EQ(world.proxy.bytes(), 300'006);
}

TEST(ChaosProxyTest, ADelayHoldsEveryByteBackForItsTime) {
  World world;
  world.Connect();
  world.proxy.SetDelay(std::chrono::milliseconds(100));
  const auto begin = Clock::now();
  ASSERT_TRUE(world.client->Send("late"));
  EXPECT_TRUE(World::Arrives(*world.server, "late"));
  EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds(100));
}

TEST(ChaosProxyTest, WhileStalledNothingPassesAndAfterwardsEverythingDoes) {
  World world;
  world.Connect();
  world.proxy.SetStalled(true);
  ASSERT_TRUE(world.client->Send("held"));
  const auto end = Clock::now() + std::chrono::milliseconds(100);
  while (Clock::now() < end) EXPECT_EQ(world.server->Receive(), "");
  EXPECT_FALSE(world.server->Ended());
  world.proxy.SetStalled(false);
  EXPECT_TRUE(World::Arrives(*world.server, "held"));
}

TEST(ChaosProxyTest, ACutAndAResetEndBothSidesAndNewConnectionsWork) {
  World world;
  for (const bool reset : {false, true}) {
    world.client.reset();
    world.server.reset();
    world.Connect();
    if (reset) {
      world.proxy.ResetAll();
    } else {
      world.proxy.CutAll();
    }
    EXPECT_TRUE(Eventually([&] { return world.client->Ended() && world.server->Ended(); }));
  }
  EXPECT_EQ(world.proxy.connections(), 2);
}

TEST(ChaosProxyTest, AnEndOnOneSideReachesTheOtherAfterItsLastBytes) {
  World world;
  world.Connect();
  ASSERT_TRUE(world.client->Send("last words"));
  world.client.reset();
  EXPECT_TRUE(World::Arrives(*world.server, "last words"));
  EXPECT_TRUE(Eventually([&] { return world.server->Ended(); }));
}

TEST(ChaosProxyTest, WhileItAcceptsNothingConnectionsAreClosedAtOnce) {
  World world;
  world.proxy.SetAccepting(false);
  const TcpSocket refused = TcpSocket::Connect(world.proxy.port());
  EXPECT_TRUE(Eventually([&] { return refused.Ended(); }));
  EXPECT_EQ(world.proxy.connections(), 0);
  world.proxy.SetAccepting(true);
  world.Connect();
}

}  // namespace
}  // namespace dyna::testing_support
