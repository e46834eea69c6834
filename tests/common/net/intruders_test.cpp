#include <gtest/gtest.h>

#include <cstdlib>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "tests/common/net/secure_testing.hpp"
#include "tests/support/process_resources.hpp"
#include "tests/support/tcp_socket.hpp"

// Many who should not get in: they get nothing, are counted, and cost the server nothing that
// lasts.

namespace dyna::net {
namespace {

using testing_support::ProcessResources;
using testing_support::TcpSocket;
using wire::Role;

// A sanitizer keeps freed memory for a while on purpose.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::int64_t kResidentGrowthKib = 512 * 1024;
#else
constexpr std::int64_t kResidentGrowthKib = 48 * 1024;
#endif

/// Whether the server has hung up; what it had said before does not matter.
bool Ended(const TcpSocket& socket) {
  (void)socket.Receive();
  return socket.Ended();
}

void ExpectNoGrowth(const ProcessResources& before, const ProcessResources& after) {
  EXPECT_LE(after.descriptors, before.descriptors + 16);
  EXPECT_EQ(after.threads, before.threads);
  EXPECT_LE(after.resident_kib, before.resident_kib + kResidentGrowthKib);
}

/// Polls until all connections but those of the `good` clients have ended.
bool OnlyTheGoodAreLeft(SecureService& service, std::uint64_t good) {
  return Eventually([&] {
    service.server.Poll(Milliseconds(1));
    return service.events.count(SocketEvent::kAccepted) -
               service.events.count(SocketEvent::kDisconnected) ==
           good;
  });
}

TEST(IntrudersTest, AThousandAttemptsGetNothingAreCountedAndCostNothingThatLasts) {
  SecureService service;
  RequestPipeline good(service.context, service.Client(service.keys.actor));
  service.ExpectServes(good);
  const KeyPair unknown = MakeKeyPair();
  const auto attempts = [&](int rounds) {
    for (int round = 0; round < rounds; ++round) {
      // 20 at a time: no key, an unknown key, a known key in a role that is not its own.
      std::vector<std::unique_ptr<RequestPipeline>> bad;
      for (int i = 0; i < 20; ++i) {
        auto options = service.Client(i % 3 == 1 ? unknown : service.keys.actor, Role::kLearner);
        if (i % 3 == 0) options.connection.socket.secure = {};
        options.connection.backoff = {.first = Milliseconds(60'000), .max = Milliseconds(60'000)};
        bad.push_back(std::make_unique<RequestPipeline>(service.context, options));
      }
      const auto ended = [](const auto& client) {
        const auto state = client->connection().state();
        return state == Connection::State::kRefused ||
               (state == Connection::State::kWaiting &&
                client->connection().counters().attempts > 0);
      };
      EXPECT_TRUE(Eventually([&] {
        service.server.Poll(Milliseconds(1));
        good.Poll(Milliseconds(0));
        for (auto& client : bad) client->Poll(Milliseconds(0));
        return std::all_of(bad.begin(), bad.end(), ended);
      }));
      service.ExpectServes(good);
    }
  };
  attempts(5);  // the warm-up: pools and buffers of libzmq have their size then
  ASSERT_TRUE(OnlyTheGoodAreLeft(service, 1));
  const auto before = ProcessResources::Now();
  attempts(50);
  ASSERT_TRUE(OnlyTheGoodAreLeft(service, 1));
  ExpectNoGrowth(before, ProcessResources::Now());
  // 7 of 20 have no key, 7 an unknown one, 6 the wrong role; a client may try once more.
  const net::Refusals& refusals = service.guard.refusals();
  EXPECT_GE(refusals.count(RefusalReason::kUnknownKey), 55U * 7);
  EXPECT_GE(refusals.count(RefusalReason::kWrongRole), 55U * 6);
  EXPECT_GE(service.failed_handshakes(), 55U * 14);
  EXPECT_EQ(service.server.peers(), 1U);
  EXPECT_EQ(service.server.counters().requests, 56U);
  EXPECT_EQ(service.shard.appended.size(), 56U);
}

TEST(IntrudersTest, ConnectionsThatDoNotShakeHandsAreShed) {
  SecureService service(Milliseconds(300));
  RequestPipeline good(service.context, service.Client(service.keys.actor));
  service.ExpectServes(good);
  const auto before = ProcessResources::Now();
  {
    // Some say nothing, some send the greeting a byte at a time, with pauses of which each alone
    // would be no reason to hang up on them.
    std::list<TcpSocket> silent;
    std::list<TcpSocket> slow;
    for (int i = 0; i < 50; ++i) {
      silent.push_back(TcpSocket::Connect(service.server.endpoint().port));
      slow.push_back(TcpSocket::Connect(service.server.endpoint().port));
    }
    const std::string greeting =
        std::string("\xFF\0\0\0\0\0\0\0\1\x7F\3\0CURVE", 17) + std::string(47, '\0');
    std::size_t sent = 0;
    auto next = std::chrono::steady_clock::now();
    EXPECT_TRUE(Eventually([&] {
      service.server.Poll(Milliseconds(1));
      good.Poll(Milliseconds(0));
      if (sent < greeting.size() && std::chrono::steady_clock::now() >= next) {
        for (const TcpSocket& socket : slow) (void)socket.Send({&greeting[sent], 1});
        ++sent;
        next = std::chrono::steady_clock::now() + Milliseconds(50);
      }
      return std::all_of(silent.begin(), silent.end(), Ended) &&
             std::all_of(slow.begin(), slow.end(), Ended);
    }));
    service.ExpectServes(good);
  }
  EXPECT_TRUE(OnlyTheGoodAreLeft(service, 1));
  EXPECT_GE(service.failed_handshakes(), 100U);
  ExpectNoGrowth(before, ProcessResources::Now());
  EXPECT_EQ(service.server.peers(), 1U);
}

TEST(IntrudersTest, WhoStopsInTheMiddleOfTheHandshakeIsShed) {
  SecureService service(Milliseconds(300));
  // All of the greeting, then the beginning of a HELLO command that never ends.
  std::string greeting = std::string("\xFF\0\0\0\0\0\0\0\1\x7F\3\0CURVE", 17);
  greeting.resize(64, '\0');
  std::list<TcpSocket> half;
  for (int i = 0; i < 50; ++i) {
    half.push_back(TcpSocket::Connect(service.server.endpoint().port));
    EXPECT_TRUE(half.back().Send(greeting + std::string("\x04\xC8\x05HELLO\1\0", 10)));
  }
  EXPECT_TRUE(Eventually([&] {
    service.server.Poll(Milliseconds(1));
    return std::all_of(half.begin(), half.end(), Ended);
  }));
  EXPECT_TRUE(OnlyTheGoodAreLeft(service, 0));
  EXPECT_EQ(service.shard.hellos, 0);
  RequestPipeline good(service.context, service.Client(service.keys.actor));
  service.ExpectServes(good);
}

}  // namespace
}  // namespace dyna::net
