#include "common/net/server.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "tests/common/net/net_testing.hpp"
#include "tests/support/tcp_socket.hpp"

// Clients that keep no rule: raw sockets that say what they like.

namespace dyna::net {
namespace {

using testing_support::TcpSocket;

class RawClient {
 public:
  RawClient(Context& context, const Server& server, int receive_max = 1000)
      : socket_(context.native(), zmq::socket_type::dealer) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::rcvhwm, receive_max);
    socket_.connect(server.endpoint().text());
  }
  void Send(const std::vector<wire::Bytes>& parts) {
    std::vector<Frame> frames;
    std::vector<Frame*> pointers;
    for (const wire::Bytes& part : parts) frames.emplace_back(part);
    for (Frame& frame : frames) pointers.push_back(&frame);
    EXPECT_EQ(SendFrames(socket_, pointers), SendOutcome::kSent);
  }
  template <class M>
  void SendMessage(const M& message, RequestId id, const wire::Bytes& payload = {}) {
    wire::Bytes head;
    wire::EncodeHead(message, id, payload, head);
    std::vector<wire::Bytes> parts = {head};
    if (wire::HasPayload(M::kType)) parts.push_back(payload);
    Send(parts);
  }
  /// The next message, if one comes while the server is served.
  std::optional<Received> Receive(Server& server) {
    std::optional<Received> received;
    const bool came = Eventually([&] {
      server.Poll(Milliseconds(1));
      received = ReceiveNow();
      return received.has_value();
    });
    EXPECT_TRUE(came);
    return received;
  }
  std::optional<Received> ReceiveNow() {
    std::array<Frame, 3> frames;
    const std::size_t count = ReceiveFrames(socket_, frames);
    if (count == 0) return std::nullopt;
    auto opened = Received::Open(std::span(frames).first(count), 1U << 30U);
    EXPECT_TRUE(opened.ok());
    return std::move(opened).value();
  }
  /// Says Hello and is welcomed.
  void Greet(Server& server) {
    SendMessage(HelloOf("raw"), 0);
    EXPECT_TRUE(Receive(server)->Decode<wire::Welcome>().ok());
  }

 private:
  zmq::socket_t socket_;
};

/// A Refusal about the connection or about a request.
wire::Refusal RefusalIn(const std::optional<Received>& message, RequestId id) {
  EXPECT_TRUE(message.has_value());
  EXPECT_EQ(message->request_id(), id);
  return message->Decode<wire::Refusal>().value();
}

TEST(ServerTest, AStrangersRequestNeverReachesTheHandler) {
  Context context;
  Service service(context);
  RawClient client(context, service.server);
  client.SendMessage(AppendOf(0), 1);
  const wire::Refusal refusal = RefusalIn(client.Receive(service.server), 0);
  EXPECT_EQ(refusal.code, ErrorCode::kBackpressure);
  EXPECT_NE(refusal.message.find("Hello"), std::string::npos);
  EXPECT_TRUE(service.shard.appended.empty());
  EXPECT_EQ(service.server.counters().strangers, 1U);
}

TEST(ServerTest, AnotherProtocolIsToldWhichOneIsSpokenHere) {
  Context context;
  Service service(context);
  RawClient client(context, service.server);
  wire::Bytes head;
  wire::EncodeHead(HelloOf("raw"), 0, {}, head);
  head[4] = std::byte{9};
  client.Send({head});
  const wire::Refusal refusal = RefusalIn(client.Receive(service.server), 0);
  EXPECT_EQ(refusal.code, ErrorCode::kVersionMismatch);
  EXPECT_NE(refusal.message.find("protocol 9"), std::string::npos);
}

TEST(ServerTest, JunkIsCountedAndNeverAnsweredAndOthersAreServed) {
  Context context;
  Service service(context);
  RawClient good(context, service.server);
  good.Greet(service.server);
  RawClient bad(context, service.server);
  wire::Bytes damaged;
  wire::EncodeHead(HelloOf("raw"), 0, {}, damaged);
  damaged.back() ^= std::byte{1};
  const std::vector<std::vector<wire::Bytes>> junk = {
      {wire::Bytes()}, {wire::Bytes(40)},  {wire::Bytes(1000), wire::Bytes(5)},
      {damaged},       {damaged, damaged}, std::vector<wire::Bytes>(20, damaged)};
  for (const auto& message : junk) bad.Send(message);
  ASSERT_TRUE(Eventually([&] {
    service.server.Poll(Milliseconds(1));
    return service.server.counters().malformed == junk.size();
  }));
  good.SendMessage(AppendOf(0), 1);
  EXPECT_EQ(good.Receive(service.server)->request_id(), 1U);
  EXPECT_FALSE(bad.ReceiveNow().has_value());
  EXPECT_EQ(service.server.peers(), 1U);
}

TEST(ServerTest, JunkOfAClientThatIsKnownIsAnsweredBecauseItIsOurBug) {
  Context context;
  Service service(context);
  RawClient client(context, service.server);
  client.Greet(service.server);
  client.Send({wire::Bytes(50)});
  EXPECT_EQ(RefusalIn(client.Receive(service.server), 0).code, ErrorCode::kMalformed);
  client.SendMessage(AppendOf(0), 0);
  EXPECT_NE(RefusalIn(client.Receive(service.server), 0).message.find("begin at 1"),
            std::string::npos);
}

TEST(ServerTest, BytesThatAreNoTransportOfOursHarmNobody) {
  Context context;
  Service service(context);
  const std::string zmtp_greeting =
      std::string("\xFF\0\0\0\0\0\0\0\1\x7F\3\0NULL", 16) + std::string(48, '\0');
  std::vector<TcpSocket> raw;
  for (const std::string& bytes :
       {std::string("GET /metrics HTTP/1.1\r\n\r\n"), std::string(100'000, '\xFF'),
        std::string(1, '\0'), zmtp_greeting + std::string(1000, '\x7F')}) {
    raw.push_back(TcpSocket::Connect(service.server.endpoint().port));
    (void)raw.back().Send(bytes);
  }
  RawClient good(context, service.server);
  good.Greet(service.server);
  good.SendMessage(AppendOf(0), 1);
  EXPECT_EQ(good.Receive(service.server)->request_id(), 1U);
  EXPECT_EQ(service.server.peers(), 1U);
}

TEST(ServerTest, AFrameBeyondTheBoundCostsItsSenderTheConnection) {
  Context context;
  EventCounters events;
  FakeShard shard;
  Server::Options options = Service::LoopbackOptions();
  options.request_bytes_max = 200'000;
  Server server(context, options, shard, std::chrono::steady_clock::now, &events);
  shard.server = &server;
  RawClient client(context, server);
  client.Greet(server);
  client.SendMessage(AppendOf(0), 1, wire::Bytes(200'000));
  EXPECT_EQ(client.Receive(server)->request_id(), 1U);
  client.SendMessage(AppendOf(1), 2, wire::Bytes(200'001));
  ASSERT_TRUE(Eventually([&] {
    server.Poll(Milliseconds(1));
    return events.count(SocketEvent::kDisconnected) == 1;
  }));
  EXPECT_EQ(shard.appended, (std::vector<std::uint64_t>{0}));
}

TEST(ServerTest, MoreClientsThanItServesAreToldToComeBackLater) {
  Context context;
  Server::Options options = Service::LoopbackOptions();
  options.peers_max = 1;
  Service service(context, options);
  RawClient first(context, service.server);
  first.Greet(service.server);
  RawClient second(context, service.server);
  second.SendMessage(HelloOf("second"), 0);
  const wire::Refusal refusal = RefusalIn(second.Receive(service.server), 0);
  EXPECT_EQ(refusal.code, ErrorCode::kBackpressure);
  EXPECT_NE(refusal.message.find("1 clients"), std::string::npos);
}

TEST(ServerTest, OneClientCannotHaveMoreUnansweredThanItsBound) {
  Context context;
  Server::Options options = Service::LoopbackOptions();
  options.peer_requests_max = 3;
  options.peer_request_bytes_max = 2000;
  Service service(context, options);
  service.shard.hold = true;
  RawClient client(context, service.server);
  client.Greet(service.server);
  client.SendMessage(AppendOf(0), 1, wire::Bytes(1000));
  client.SendMessage(AppendOf(1), 2, wire::Bytes(1000));  // too many bytes with their heads
  EXPECT_EQ(RefusalIn(client.Receive(service.server), 2).code, ErrorCode::kBackpressure);
  client.SendMessage(AppendOf(2), 3);
  client.SendMessage(AppendOf(3), 4);
  client.SendMessage(AppendOf(4), 5);  // too many
  EXPECT_EQ(RefusalIn(client.Receive(service.server), 5).code, ErrorCode::kBackpressure);
  EXPECT_EQ(service.server.counters().over_limit, 2U);
  service.shard.AnswerHeld();
  for (const RequestId id : {1U, 3U, 4U}) {
    EXPECT_EQ(client.Receive(service.server)->request_id(), id);
  }
  service.shard.hold = false;
  client.SendMessage(AppendOf(5), 6, wire::Bytes(1900));
  EXPECT_EQ(client.Receive(service.server)->request_id(), 6U);
}

TEST(ServerTest, RepliesMayComeInAnyOrderAndLong) {
  Context context;
  Service service(context);
  service.shard.hold = true;
  RawClient client(context, service.server);
  client.Greet(service.server);
  for (RequestId id = 1; id <= 3; ++id) client.SendMessage(AppendOf(id), id);
  ASSERT_TRUE(Eventually([&] {
    service.server.Poll(Milliseconds(1));
    return service.shard.held.size() == 3;
  }));
  for (const std::size_t i : {2U, 0U, 1U}) service.shard.Answer(service.shard.held[i]);
  for (const RequestId id : {3U, 1U, 2U}) {
    EXPECT_EQ(client.Receive(service.server)->request_id(), id);
  }
}

TEST(ServerTest, AClientThatDoesNotReadLosesItsPlaceNotTheServersMemory) {
  Context context;
  Server::Options options = Service::LoopbackOptions();
  options.socket.messages_max = 2;
  options.peer_waiting_bytes_max = 10'000'000;
  Service service(context, options);
  service.shard.hold = true;
  RawClient client(context, service.server, /*receive_max=*/2);
  client.Greet(service.server);
  std::size_t most = 0;
  for (RequestId id = 1; service.shard.gone.empty() && id < 1000; ++id) {
    client.SendMessage(AppendOf(id), id);
    ASSERT_TRUE(Eventually([&] {
      service.server.Poll(Milliseconds(1));
      return !service.shard.held.empty();
    }));
    const Ticket ticket = service.shard.held.back();
    service.shard.held.clear();
    service.server.Reply(ticket, wire::ReadReply{.rows = 1}, Frame(1'000'000));
    service.server.Poll(Milliseconds(0));
    most = id;
  }
  EXPECT_EQ(service.shard.gone.size(), 1U);
  EXPECT_EQ(service.server.counters().unread, 1U);
  EXPECT_EQ(service.server.peers(), 0U);
  EXPECT_GT(most, 10U);
}

TEST(ServerTest, RepliesThatHadToWaitArriveInOrderWhenTheClientReads) {
  Context context;
  Server::Options options = Service::LoopbackOptions();
  options.socket.messages_max = 2;
  Service service(context, options);
  service.shard.hold = true;
  RawClient client(context, service.server, /*receive_max=*/2);
  client.Greet(service.server);
  constexpr RequestId kCount = 20;
  for (RequestId id = 1; id <= kCount; ++id) client.SendMessage(AppendOf(id), id);
  ASSERT_TRUE(Eventually([&] {
    service.server.Poll(Milliseconds(1));
    return service.shard.held.size() == kCount;
  }));
  for (const Ticket& ticket : service.shard.held) {
    service.server.Reply(ticket, wire::ReadReply{.rows = 1}, Frame(1'000'000));
  }
  for (RequestId id = 1; id <= kCount; ++id) {
    const auto reply = client.Receive(service.server);
    ASSERT_EQ(reply->request_id(), id);
    ASSERT_EQ(reply->payload().size(), 1'000'000U);
  }
  EXPECT_TRUE(service.shard.gone.empty());
}

TEST(ServerTest, ASilentClientIsForgottenAndAnsweringItDoesNothing) {
  Context context;
  FakeClock time;
  Service service(context, Service::LoopbackOptions(), time.clock());
  service.shard.hold = true;
  RawClient client(context, service.server);
  client.Greet(service.server);
  client.SendMessage(AppendOf(0), 1);
  ASSERT_TRUE(Eventually([&] {
    service.server.Poll(Milliseconds(1));
    return service.shard.held.size() == 1;
  }));
  time.now += std::chrono::seconds(10);
  service.server.Poll(Milliseconds(0));
  EXPECT_EQ(service.server.peers(), 1U);
  time.now += std::chrono::seconds(3);
  service.server.Poll(Milliseconds(0));
  EXPECT_EQ(service.server.peers(), 0U);
  EXPECT_EQ(service.shard.gone.size(), 1U);
  const std::uint64_t replies = service.server.counters().replies;
  service.shard.AnswerHeld();
  EXPECT_EQ(service.server.counters().replies, replies);
}

TEST(ServerTest, AnAddressThatIsTakenIsTheOperatorsMistakeAndNamed) {
  Context context;
  Service service(context);
  try {
    Service second(context, {.endpoint = service.server.endpoint()});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(std::string(error.what()),
              "cannot listen on " + service.server.endpoint().text() + ": Address already in use");
  }
}

TEST(ServerDeathTest, AnsweringTwiceIsOurBug) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";  // there are I/O threads
  Context context;
  Service service(context);
  service.shard.hold = true;
  RawClient client(context, service.server);
  client.Greet(service.server);
  client.SendMessage(AppendOf(0), 1);
  ASSERT_TRUE(Eventually([&] {
    service.server.Poll(Milliseconds(1));
    return service.shard.held.size() == 1;
  }));
  service.shard.Answer(service.shard.held[0]);
  EXPECT_DEATH(service.shard.Answer(service.shard.held[0]), "answered before");
}

}  // namespace
}  // namespace dyna::net
