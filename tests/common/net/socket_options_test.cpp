#include "common/net/socket_options.hpp"

#include <gtest/gtest.h>

#include "common/core/error.hpp"
#include "common/net/context.hpp"

namespace dyna::net {
namespace {

TEST(SocketOptionsTest, ReadsWhatAPersonMayChooseAndRefusesTheRest) {
  Config config = Config::FromText(
      "[net]\nmessages_max = 7\nframe_mib_max = 3\nlinger_ms = 0\nheartbeat_ms = 200\n"
      "connect_timeout_ms = 300\n",
      "test");
  const SocketOptions options = SocketOptions::From(config);
  config.RequireAllKeysUsed();
  EXPECT_EQ(options.messages_max, 7);
  EXPECT_EQ(options.frame_bytes_max, 3 * 1024 * 1024);
  EXPECT_EQ(options.linger, Milliseconds(0));
  EXPECT_EQ(options.heartbeat, Milliseconds(200));
  EXPECT_EQ(options.connect_timeout, Milliseconds(300));
  Config wrong = Config::FromText("[net]\nlinger_ms = -1\n", "test");
  EXPECT_THROW(SocketOptions::From(wrong), ConfigError);
}

TEST(SocketOptionsTest, NoSocketHasADefaultThatCanHangOrGrow) {
  Context context;
  const SocketOptions options = {.messages_max = 9, .frame_bytes_max = 100'000};
  const auto dealer = MakeDealer(context.native(), options);
  const auto router = MakeRouter(context.native(), options);
  for (const zmq::socket_t* socket : {&dealer, &router}) {
    EXPECT_EQ(socket->get(zmq::sockopt::sndhwm), 9);
    EXPECT_EQ(socket->get(zmq::sockopt::rcvhwm), 9);
    EXPECT_EQ(socket->get(zmq::sockopt::maxmsgsize), 100'000);
    EXPECT_EQ(socket->get(zmq::sockopt::linger), 500);
    EXPECT_EQ(socket->get(zmq::sockopt::heartbeat_ivl), 1000);
    EXPECT_EQ(socket->get(zmq::sockopt::heartbeat_timeout), 3000);
    EXPECT_EQ(socket->get(zmq::sockopt::handshake_ivl), 5000);
    EXPECT_EQ(socket->get(zmq::sockopt::sndtimeo), 0);
    EXPECT_EQ(socket->get(zmq::sockopt::rcvtimeo), 0);
  }
  EXPECT_EQ(dealer.get(zmq::sockopt::immediate), 1);
  EXPECT_EQ(dealer.get(zmq::sockopt::reconnect_ivl), -1);
}

TEST(SocketOptionsTest, FramesAreBoundedByWhatMayBeInThem) {
  const SocketOptions options = {.frame_bytes_max = 1'000'000};
  EXPECT_EQ(options.For(500'000).frame_bytes_max, 500'000);
  EXPECT_EQ(options.For(10).frame_bytes_max, 40 + 65'536);
  EXPECT_EQ(options.For(10'000'000).frame_bytes_max, 1'000'000);
}

TEST(SocketOptionsTest, KeysAreSetBeforeTheSocketIsUsed) {
  Context context;
  int calls = 0;
  const SocketOptions options = {.secure = [&](zmq::socket_t& /*socket*/) { ++calls; }};
  MakeDealer(context.native(), options);
  MakeRouter(context.native(), options);
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace dyna::net
