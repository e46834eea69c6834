#include <gtest/gtest.h>

#include <string>

#include "tests/common/net/secure_testing.hpp"

// Servers with keys: who gets in, as whom, and what it may say then.

namespace dyna::net {
namespace {

using wire::Role;

TEST(SecureServerTest, AKnownKeyInItsRoleIsServed) {
  SecureService service;
  RequestPipeline client(service.context, service.Client(service.keys.actor));
  service.ExpectServes(client);
  EXPECT_EQ(service.guard.refusals().total(), 0U);
  EXPECT_EQ(service.shard.appended.size(), 1U);
}

TEST(SecureServerTest, AKeyThatNobodyKnowsIsRefusedAndToldSo) {
  SecureService service;
  RequestPipeline client(service.context, service.Client(MakeKeyPair()));
  EXPECT_TRUE(Spin(client, service.server, [&] {
    return client.connection().Explain().find("does not accept our key") != std::string::npos;
  })) << client.connection().Explain();
  EXPECT_GE(service.guard.refusals().count(RefusalReason::kUnknownKey), 1U);
  EXPECT_NE(service.guard.refusals().last().find("127.0.0.1"), std::string::npos);
  EXPECT_EQ(service.shard.hellos, 0);
  EXPECT_EQ(service.server.peers(), 0U);
}

TEST(SecureServerTest, WhoHasNoKeyGetsNothing) {
  SecureService service;
  auto options = service.Client(service.keys.actor);
  options.connection.socket.secure = {};
  RequestPipeline client(service.context, options);
  EXPECT_TRUE(Spin(client, service.server, [&] { return service.failed_handshakes() >= 2; }));
  EXPECT_FALSE(client.ready());
  EXPECT_EQ(service.shard.hellos, 0);
}

TEST(SecureServerTest, AServerWithAnotherKeyThanExpectedIsNotSpokenTo) {
  SecureService service;
  auto options = service.Client(service.keys.actor);
  options.connection.socket.secure =
      ConnectWith(service.keys.actor, service.keys.learner.public_key);
  RequestPipeline client(service.context, options);
  EXPECT_TRUE(Spin(client, service.server, [&] { return service.failed_handshakes() >= 2; }));
  EXPECT_FALSE(client.ready());
  EXPECT_EQ(service.shard.hellos, 0);
}

TEST(SecureServerTest, AServerWithoutKeysIsNotSpokenToByWhoHasThem) {
  Context context;
  Service service(context);
  auto options = ClientOptions(service.server.endpoint());
  options.connection.socket.secure = ConnectWith(MakeKeyPair(), MakeKeyPair().public_key);
  RequestPipeline client(context, options);
  EXPECT_TRUE(Spin(client, service.server, [&] {
    return client.connection().Explain().find("has none") != std::string::npos;
  })) << client.connection().Explain();
  EXPECT_EQ(service.shard.hellos, 0);
}

TEST(SecureServerTest, AKnownKeyInAnotherRoleIsRefusedForGoodNamingBoth) {
  SecureService service;
  RequestPipeline client(service.context, service.Client(service.keys.actor, Role::kLearner));
  ASSERT_TRUE(Spin(client, service.server,
                   [&] { return client.connection().state() == Connection::State::kRefused; }));
  const std::string why = client.connection().refusal().message;
  EXPECT_NE(why.find("learner 'actor-0' has the key of 'robot'"), std::string::npos) << why;
  EXPECT_EQ(service.guard.refusals().count(RefusalReason::kWrongRole), 1U);
  EXPECT_EQ(service.server.counters().forbidden, 1U);
  EXPECT_EQ(service.shard.hellos, 0);
  EXPECT_EQ(service.server.peers(), 0U);
}

TEST(SecureServerTest, ARoleThatHasNoBusinessWithThisServerIsRefused) {
  SecureService service;
  service.guard.Replace(
      Allowlist::FromText("evaluator " + service.keys.actor.public_key + "\n", "test"));
  RequestPipeline client(service.context, service.Client(service.keys.actor, Role::kEvaluator));
  ASSERT_TRUE(Spin(client, service.server,
                   [&] { return client.connection().state() == Connection::State::kRefused; }));
  EXPECT_NE(client.connection().refusal().message.find("no business"), std::string::npos);
  EXPECT_EQ(service.shard.hellos, 0);
}

TEST(SecureServerTest, AMessageThatTheRoleMayNotSendIsRefusedAndTheRestIsServed) {
  SecureService service;
  RequestPipeline client(service.context, service.Client(service.keys.actor));
  service.ExpectServes(client);
  for (int i = 1; i <= 3; ++i) {
    const auto id = client.Send(wire::SetCapacity{.table = "real", .capacity = 1});
    std::optional<Result<Received>> answer;
    ASSERT_TRUE(Spin(client, service.server, [&] {
      answer = client.Take(id.value());
      return answer.has_value();
    }));
    ASSERT_FALSE(answer->ok());
    EXPECT_NE(answer->error().message.find("may not send SetCapacity"), std::string::npos);
    EXPECT_EQ(service.guard.refusals().count(RefusalReason::kForbidden),
              static_cast<std::uint64_t>(i));
  }
  service.ExpectServes(client);
  EXPECT_EQ(service.shard.appended.size(), 2U);
}

TEST(SecureServerTest, AKeyThatIsTakenOffTheListIsOutAtOnceAndComesBackWithIt) {
  SecureService service;
  RequestPipeline client(service.context, service.Client(service.keys.actor));
  service.ExpectServes(client);
  service.guard.Replace(
      Allowlist::FromText("learner " + service.keys.learner.public_key + "\n", "test"));
  service.server.Poll(Milliseconds(0));
  EXPECT_EQ(service.server.peers(), 0U);
  EXPECT_EQ(service.shard.gone.size(), 1U);
  const auto id = client.Send(AppendOf(1), {.timeout = Milliseconds::max()});
  ASSERT_TRUE(Spin(client, service.server, [&] {
    return service.guard.refusals().count(RefusalReason::kUnknownKey) >= 1;
  })) << client.connection().Explain();
  EXPECT_EQ(service.shard.appended.size(), 1U);
  service.guard.Replace(service.keys.List());
  std::optional<Result<Received>> answer;
  EXPECT_TRUE(Spin(client, service.server, [&] {
    answer = client.Take(id.value());
    return answer.has_value();
  })) << client.connection().Explain();
  EXPECT_TRUE(answer && answer->ok());
  EXPECT_EQ(service.shard.appended.size(), 2U);
}

// Its next word may be a Hello of the connection that it has.
TEST(SecureServerTest, WhoIsTakenOffTheListAndGreetsAgainIsNotRefusedForGood) {
  SecureService service;
  auto options = service.Client(service.keys.actor);
  options.connection.hello_period = Milliseconds(1);
  RequestPipeline client(service.context, options);
  service.ExpectServes(client);
  service.guard.Replace(
      Allowlist::FromText("learner " + service.keys.learner.public_key + "\n", "test"));
  ASSERT_TRUE(Spin(client, service.server, [&] {
    return service.guard.refusals().count(RefusalReason::kUnknownKey) >= 3;
  }));
  EXPECT_NE(client.connection().state(), Connection::State::kRefused)
      << client.connection().Explain();
  service.guard.Replace(service.keys.List());
  service.ExpectServes(client);
}

/// A client that chooses the name that the server's socket knows it by.
zmq::socket_t NamedDealer(SecureService& service, const KeyPair& pair) {
  zmq::socket_t socket(service.context.native(), zmq::socket_type::dealer);
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::routing_id, "chosen");
  ConnectWith(pair, service.keys.replay.public_key)(socket);
  socket.connect(service.server.endpoint().text());
  return socket;
}

template <class M>
void SendRaw(zmq::socket_t& socket, const M& message, RequestId id, const wire::Bytes& payload) {
  wire::Bytes head;
  wire::EncodeHead(message, id, payload, head);
  Frame first(head);
  Frame second(payload);
  const std::array<Frame*, 2> frames = {&first, &second};
  const std::size_t count = wire::HasPayload(M::kType) ? 2 : 1;
  EXPECT_EQ(SendFrames(socket, std::span(frames).first(count)), SendOutcome::kSent);
}

TEST(SecureServerTest, NobodyInheritsTheStandingOfWhoHadItsRouteBefore) {
  SecureService service;
  {
    zmq::socket_t learner = NamedDealer(service, service.keys.learner);
    wire::Hello hello = HelloOf("learner-0");
    hello.client.role = Role::kLearner;
    SendRaw(learner, hello, 0, {});
    ASSERT_TRUE(Eventually([&] {
      service.server.Poll(Milliseconds(1));
      return service.server.peers() == 1;
    }));
  }
  // The learner is gone, but not yet forgotten; an actor comes under its name and says no Hello.
  ASSERT_TRUE(Eventually([&] {
    service.server.Poll(Milliseconds(1));
    return service.events.count(SocketEvent::kDisconnected) == 1;
  }));
  zmq::socket_t actor = NamedDealer(service, service.keys.actor);
  SendRaw(actor, wire::SetCapacity{.table = "real", .capacity = 1}, 1, {});
  ASSERT_TRUE(Eventually([&] {
    service.server.Poll(Milliseconds(1));
    return service.server.counters().strangers == 1;
  }));
  EXPECT_EQ(service.server.counters().requests, 0U);
  SendRaw(actor, HelloOf("actor-0"), 0, {});
  ASSERT_TRUE(Eventually([&] {
    service.server.Poll(Milliseconds(1));
    return service.shard.hellos == 2;
  }));
  SendRaw(actor, wire::SetCapacity{.table = "real", .capacity = 1}, 2, {});
  ASSERT_TRUE(Eventually([&] {
    service.server.Poll(Milliseconds(1));
    return service.guard.refusals().count(RefusalReason::kForbidden) == 1;
  }));
}

}  // namespace
}  // namespace dyna::net
