#include "common/net/connection.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/common/net/net_testing.hpp"
#include "tests/support/tcp_socket.hpp"

// Peers that are none: what listens there is not a server of ours, or of another version.

namespace dyna::net {
namespace {

using testing_support::TcpSocket;
constexpr std::chrono::hours kLong{1};

/// A ROUTER that answers every message with the same frame, or not at all.
class RawServer {
 public:
  explicit RawServer(Context& context) : socket_(context.native(), zmq::socket_type::router) {
    socket_.bind("tcp://127.0.0.1:*");
    endpoint = BindEndpoint("bound", socket_.get(zmq::sockopt::last_endpoint));
  }
  void Poll() {
    std::array<Frame, 3> frames;
    if (ReceiveFrames(socket_, frames) == 0) return;
    ++messages;
    if (answer.empty()) return;
    Frame reply(answer);
    const std::array<Frame*, 2> out = {frames.data(), &reply};
    EXPECT_EQ(SendFrames(socket_, out), SendOutcome::kSent);
  }
  Endpoint endpoint = {};
  wire::Bytes answer = {};
  int messages = 0;

 private:
  zmq::socket_t socket_;
};

wire::Bytes WelcomeBytes() {
  wire::Bytes head;
  wire::EncodeHead(wire::Welcome(), 0, {}, head);
  return head;
}

bool Spin(RequestPipeline& client, RawServer& server, const std::function<bool()>& done) {
  return Spin(client, [&] {
    server.Poll();
    return done();
  });
}

TEST(ConnectionTest, AnotherProtocolIsFinalAndNamedTogetherWithOurs) {
  Context context;
  RawServer server(context);
  server.answer = WelcomeBytes();
  server.answer[4] = std::byte{9};
  RequestPipeline client(context, ClientOptions(server.endpoint));
  ASSERT_TRUE(Spin(client, server,
                   [&] { return client.connection().state() == Connection::State::kRefused; }));
  const std::string& why = client.connection().refusal().message;
  EXPECT_EQ(client.connection().refusal().code, ErrorCode::kVersionMismatch);
  EXPECT_NE(why.find("protocol 9"), std::string::npos) << why;
  EXPECT_NE(why.find("protocol 1"), std::string::npos) << why;
  EXPECT_NE(why.find(server.endpoint.text()), std::string::npos) << why;
}

TEST(ConnectionTest, WrongAnswersEndTheConnectionAndItIsTriedAgain) {
  wire::Bytes damaged = WelcomeBytes();
  damaged.back() ^= std::byte{1};
  wire::Bytes other_type;
  wire::EncodeHead(wire::Ok(), 0, {}, other_type);
  for (const wire::Bytes& answer : {wire::Bytes(3), wire::Bytes(100), damaged, other_type}) {
    SCOPED_TRACE(answer.size());
    Context context;
    RawServer server(context);
    server.answer = answer;
    RequestPipeline client(context, ClientOptions(server.endpoint));
    ASSERT_TRUE(Spin(client, server, [&] { return server.messages >= 3; }));
    EXPECT_FALSE(client.ready());
    server.answer = WelcomeBytes();
    ASSERT_TRUE(Spin(client, server, [&] { return client.ready(); }));
  }
}

TEST(ConnectionTest, APeerThatDoesNotAnswerHelloIsLeftAfterATimeAndNamed) {
  Context context;
  FakeClock time;
  RawServer server(context);
  auto options = ClientOptions(server.endpoint);
  options.connection.backoff = {.first = kLong, .max = kLong};
  RequestPipeline client(context, options, time.clock());
  ASSERT_TRUE(Spin(client, server, [&] { return server.messages == 1; }));
  EXPECT_EQ(client.connection().state(), Connection::State::kGreeting);
  time.now += Milliseconds(4999);
  client.Poll(Milliseconds(0));
  EXPECT_EQ(client.connection().state(), Connection::State::kGreeting);
  time.now += Milliseconds(1);
  ASSERT_TRUE(Spin(client, server,
                   [&] { return client.connection().state() == Connection::State::kWaiting; }));
  EXPECT_NE(client.connection().Explain().find("does not answer Hello"), std::string::npos);
  time.now += kLong;
  ASSERT_TRUE(Spin(client, server, [&] { return server.messages == 2; }));
}

TEST(ConnectionTest, SomethingThatSpeaksAnotherTransportIsNamedAndTriedAgain) {
  Context context;
  auto listener = TcpSocket::Listen();
  auto options = ClientOptions({.host = "127.0.0.1", .port = listener.port()});
  options.connection.socket.connect_timeout = Milliseconds(50);  // ZMTP waits for more of it
  RequestPipeline client(context, options);
  std::vector<TcpSocket> accepted;
  ASSERT_TRUE(Spin(client, [&] {
    while (auto peer = listener.Accept()) {
      peer->Send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
      accepted.push_back(std::move(*peer));
    }
    return accepted.size() >= 3;
  }));
  EXPECT_FALSE(client.ready());
}

TEST(ConnectionTest, SomethingThatAcceptsAndSaysNothingIsLeftAfterATime) {
  Context context;
  FakeClock time;
  auto listener = TcpSocket::Listen();
  auto options = ClientOptions({.host = "127.0.0.1", .port = listener.port()});
  options.connection.socket.connect_timeout = kLong;
  options.connection.backoff = {.first = kLong, .max = kLong};
  RequestPipeline client(context, options, time.clock());
  std::vector<TcpSocket> accepted;
  const auto accept = [&](std::size_t count) {
    return Spin(client, [&] {
      while (auto peer = listener.Accept()) accepted.push_back(std::move(*peer));
      return accepted.size() == count;
    });
  };
  ASSERT_TRUE(accept(1));
  EXPECT_EQ(client.connection().state(), Connection::State::kConnecting);
  time.now += 2 * kLong;
  ASSERT_TRUE(
      Spin(client, [&] { return client.connection().state() == Connection::State::kWaiting; }));
  EXPECT_NE(client.connection().Explain().find("no answer while connecting"), std::string::npos);
  time.now += kLong;
  ASSERT_TRUE(accept(2));
}

TEST(ConnectionTest, AReplyBeyondItsBoundEndsTheConnection) {
  Context context;
  RawServer server(context);
  server.answer = WelcomeBytes();
  auto options = ClientOptions(server.endpoint);
  options.connection.reply_bytes_max = 1000;
  RequestPipeline client(context, options);
  ASSERT_TRUE(Spin(client, server, [&] { return client.ready(); }));
  server.answer = wire::Bytes(wire::kHeadBytesMax + 1);
  ASSERT_TRUE(client.Send(AppendOf(0), Frame()).ok());
  ASSERT_TRUE(Spin(client, server, [&] { return client.connection().counters().losses == 1; }));
}

TEST(ConnectionTest, CountsTheEventsOfItsSocketsByName) {
  Context context;
  EventCounters events;
  Service service(context);
  RequestPipeline client(context, ClientOptions(service.server.endpoint()),
                         std::chrono::steady_clock::now, &events);
  ASSERT_TRUE(Spin(client, service.server, [&] { return client.ready(); }));
  EXPECT_EQ(events.count(SocketEvent::kConnected), 1U);
  EXPECT_EQ(events.count(SocketEvent::kHandshakeSucceeded), 1U);
  EXPECT_EQ(events.count(SocketEvent::kDisconnected), 0U);
  EXPECT_EQ(Name(SocketEvent::kHandshakeFailedAuth), "handshake_failed_auth");
  EXPECT_EQ(Name(SocketEvent::kConnected), "connected");
}

}  // namespace
}  // namespace dyna::net
