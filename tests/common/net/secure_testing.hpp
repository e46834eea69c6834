#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/net/curve_keys.hpp"
#include "common/net/guard.hpp"
#include "common/net/zap_handler.hpp"
#include "tests/common/net/net_testing.hpp"

namespace dyna::net {

/// The keys of a small cluster.
struct TestKeys {
  KeyPair replay = MakeKeyPair();
  KeyPair actor = MakeKeyPair();
  KeyPair learner = MakeKeyPair();

  Allowlist List() const {
    return Allowlist::FromText(
        "actor " + actor.public_key + " robot\nlearner " + learner.public_key + " desk\n", "test");
  }
};

/// A shard with keys.
struct SecureService {
  explicit SecureService(Milliseconds handshake = Milliseconds(5000))
      : guard(wire::Role::kReplay, keys.List()),
        zap(context, guard),
        server(context, Options(handshake), shard, std::chrono::steady_clock::now, &events) {
    shard.server = &server;
  }
  Server::Options Options(Milliseconds handshake) {
    Server::Options options = Service::LoopbackOptions();
    options.socket.connect_timeout = handshake;
    options.socket.secure = ListenWith(keys.replay);
    options.guard = &guard;
    return options;
  }
  /// Of a client with this pair that says it has this role.
  RequestPipeline::Options Client(const KeyPair& pair, wire::Role role = wire::Role::kActor) const {
    auto options = ClientOptions(server.endpoint());
    options.connection.hello.client.role = role;
    options.connection.socket.secure = ConnectWith(pair, keys.replay.public_key);
    return options;
  }
  /// Handshakes of others that came to nothing.
  std::uint64_t failed_handshakes() const {
    return events.count(SocketEvent::kHandshakeFailed) +
           events.count(SocketEvent::kHandshakeFailedProtocol) +
           events.count(SocketEvent::kHandshakeFailedAuth);
  }
  /// A client that is welcome gets an answer.
  void ExpectServes(RequestPipeline& client) {
    const auto id = client.Send(AppendOf(0));
    ASSERT_TRUE(id.ok()) << id.error().message;
    std::optional<Result<Received>> answer;
    ASSERT_TRUE(Spin(client, server, [&] {
      answer = client.Take(id.value());
      return answer.has_value();
    })) << client.connection().Explain();
    EXPECT_TRUE(answer->ok());
  }

  TestKeys keys = {};
  Context context = {};
  Guard guard;
  ZapHandler zap;
  EventCounters events = {};
  FakeShard shard = {};
  Server server;
};

}  // namespace dyna::net
