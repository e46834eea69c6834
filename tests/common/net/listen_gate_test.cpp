#include "common/net/listen_gate.hpp"

#include <gtest/gtest.h>

#include <list>

#include "tests/common/net/net_testing.hpp"
#include "tests/support/tcp_socket.hpp"

namespace dyna::net {
namespace {

using testing_support::TcpSocket;

TEST(ListenGateTest, MoreConnectionsThanMayBeHaveToWaitUntilOthersEnd) {
  constexpr std::size_t kMax = 5;
  Context context;
  auto options = Service::LoopbackOptions();
  options.connections_max = kMax;
  Service service(context, options);
  Server& server = service.server;
  const auto connections_are = [&](std::size_t count) {
    return Eventually([&] {
      server.Poll(Milliseconds(1));
      return server.connections() == count;
    });
  };
  std::list<TcpSocket> silent;
  for (std::size_t i = 1; i <= kMax; ++i) {
    silent.push_back(TcpSocket::Connect(server.endpoint().port));
    ASSERT_TRUE(connections_are(i));
  }
  RequestPipeline good(context, ClientOptions(server.endpoint()));
  const auto id = good.Send(AppendOf(0), {.timeout = Milliseconds::max()});
  for (int turn = 0; turn < 100; ++turn) {
    good.Poll(Milliseconds(1));
    server.Poll(Milliseconds(1));
    ASSERT_EQ(server.connections(), kMax);
  }
  EXPECT_EQ(service.shard.hellos, 0);
  silent.pop_front();
  EXPECT_TRUE(Spin(good, server, [&] { return good.Take(id.value()).has_value(); }))
      << good.connection().Explain();
  EXPECT_EQ(service.shard.hellos, 1);
}

}  // namespace
}  // namespace dyna::net
