#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/net/request_pipeline.hpp"
#include "common/net/server.hpp"
#include "common/wire/messages_replay.hpp"
#include "tests/support/eventually.hpp"

namespace dyna::net {

using testing_support::Eventually;
using testing_support::kPatience;

/// Time that passes when the test says so.
struct FakeClock {
  TimePoint now = TimePoint(std::chrono::hours(1));
  Clock clock() {
    return [this] { return now; };
  }
};

inline wire::Hello HelloOf(const std::string& instance) {
  return {.client = {.role = wire::Role::kActor,
                     .instance = instance,
                     .run = "run-1",
                     .environment = "Pendulum-v1",
                     .shape = {.obs_columns = 3, .action_columns = 1},
                     .incarnation = 1},
          .producer = 7};
}

/// Acknowledges appends, echoes what else it gets as counters; refuses and holds back on demand.
class FakeShard : public Handler {
 public:
  Server* server = nullptr;
  std::string run = "run-1";
  bool hold = false;                    ///< keep tickets instead of answering
  std::vector<Ticket> held;             ///< in order of arrival
  std::vector<std::uint64_t> appended;  ///< first_seq of every Append that arrived
  std::vector<wire::Bytes> payloads;    ///< of those
  std::vector<PeerId> gone;
  int hellos = 0;

  Result<wire::Welcome> OnHello(PeerId /*peer*/, const wire::Hello& hello) override {
    ++hellos;
    if (busy) return Error{ErrorCode::kBackpressure, "another learner is there"};
    if (hello.client.run != run) {
      return Error{ErrorCode::kInvalidArgument,
                   "this is run " + run + ", you are run " + hello.client.run};
    }
    wire::Identity identity = hello.client;
    identity.role = wire::Role::kReplay;
    identity.instance = "replay-0";
    return wire::Welcome{.server = identity, .shard = 3};
  }

  void OnRequest(Request request, const wire::Hello& /*client*/) override {
    if (const auto append = request.message.Decode<wire::Append>(); append.ok()) {
      appended.push_back(append.value().first_seq);
      const wire::ByteView payload = request.message.payload();
      payloads.emplace_back(payload.begin(), payload.end());
    }
    if (hold) {
      held.push_back(request.ticket);
    } else {
      Answer(request.ticket);
    }
  }
  void OnGone(PeerId peer) override { gone.push_back(peer); }

  /// next_seq of the acknowledgement is the request's own id.
  void Answer(const Ticket& ticket) {
    server->Reply(ticket, wire::AppendAck{.next_seq = ticket.request_id});
  }
  void AnswerHeld() {
    for (const Ticket& ticket : std::exchange(held, {})) Answer(ticket);
  }

  bool busy = false;  ///< tell who says Hello to come back later
};

inline wire::Append AppendOf(std::uint64_t first_seq) {
  return {.table = "real", .producer = 7, .epoch = 1, .first_seq = first_seq, .rows = 1};
}

/// A server at some address, and what it serves.
struct Service {
  explicit Service(Context& context, Server::Options options = LoopbackOptions(),
                   Clock clock = std::chrono::steady_clock::now)
      : server(context, options, shard, std::move(clock)) {
    shard.server = &server;
  }
  static Server::Options LoopbackOptions() { return {.endpoint = {.host = "127.0.0.1"}}; }

  FakeShard shard = {};
  Server server;
};

/// Runs both ends until `done`. False if that never comes.
inline bool Spin(RequestPipeline& client, Server& server, const std::function<bool()>& done) {
  return Eventually([&] {
    client.Poll(Milliseconds(1));
    server.Poll(Milliseconds(0));
    return done();
  });
}

/// Runs a client alone until `done`.
inline bool Spin(RequestPipeline& client, const std::function<bool()>& done) {
  return Eventually([&] {
    client.Poll(Milliseconds(1));
    return done();
  });
}

/// Options of a client of `endpoint` that tries again quickly.
inline RequestPipeline::Options ClientOptions(const Endpoint& endpoint) {
  RequestPipeline::Options options;
  options.connection.endpoint = endpoint;
  options.connection.hello = HelloOf("actor-0");
  options.connection.backoff = {.first = Milliseconds(5), .max = Milliseconds(50)};
  return options;
}

}  // namespace dyna::net
