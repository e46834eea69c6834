#include "common/net/endpoint.hpp"

#include <gtest/gtest.h>

#include <string>

#include "common/core/error.hpp"

namespace dyna::net {
namespace {

TEST(EndpointTest, TextReadsBackAsItIs) {
  for (const std::string text :
       {"tcp://127.0.0.1:5555", "tcp://replay-0.replay:1", "tcp://[::1]:65535",
        "tcp://[fe80::1%eth0]:80", "ipc:///tmp/dyna.sock", "ipc://@abstract"}) {
    EXPECT_EQ(ConnectEndpoint("k", text).text(), text);
    EXPECT_EQ(BindEndpoint("k", text).text(), text);
  }
}

TEST(EndpointTest, OnlyABindMayLeaveHostOrPortOpen) {
  EXPECT_EQ(BindEndpoint("k", "tcp://*:0").text(), "tcp://*:*");
  EXPECT_EQ(BindEndpoint("k", "tcp://*:*"), BindEndpoint("k", "tcp://*:0"));
  EXPECT_EQ(BindEndpoint("k", "tcp://0.0.0.0:0").port, 0);
  for (const char* text : {"tcp://*:5555", "tcp://host:0", "tcp://host:*"}) {
    EXPECT_THROW(ConnectEndpoint("k", text), ConfigError) << text;
  }
}

TEST(EndpointTest, AnythingElseIsAConfigErrorNamingKeyValueAndWhatIsAllowed) {
  for (const std::string text :
       {"", "localhost:5555", "tcp://", "tcp://host", "tcp://host:", "tcp://host:65536",
        "tcp://host:-1", "tcp://host:1x", "tcp://:1", "tcp://::1:80", "tcp://a b:1", "udp://a:1",
        "ipc://", "inproc://a", "tcp://a;b:1", "tcp://a*:1", "tcp://[a%b]:1", "tcp://[a]:1"}) {
    EXPECT_THROW(BindEndpoint("k", text), ConfigError) << text;
    EXPECT_THROW(ConnectEndpoint("k", text), ConfigError) << text;
  }
  EXPECT_THROW(ConnectEndpoint("k", "ipc://" + std::string(108, 'x')), ConfigError);
  // libzmq would stop at the zero byte and use another path.
  EXPECT_THROW(BindEndpoint("k", std::string("ipc:///tmp/a\0b", 14)), ConfigError);
  EXPECT_THROW(BindEndpoint("k", "ipc:///tmp/a\nb"), ConfigError);
  try {
    ConnectEndpoint("replay.endpoint", "tcp://host:0");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "replay.endpoint = \"tcp://host:0\" is not tcp://HOST:PORT with a port from 1 to "
                 "65535, or ipc://PATH");
  }
}

}  // namespace
}  // namespace dyna::net
