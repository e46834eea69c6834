#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "common/ports/remote/remote_shard.hpp"
#include "common/run/signal_stop.hpp"
#include "common/service/host.hpp"
#include "replay/service/replay_service.hpp"
#include "tests/support/eventually.hpp"

// A real shard on the loopback and real clients of it, turned by hand in one thread.

namespace dyna::replay {

using testing_support::Eventually;

inline const SignalStop& NoSignal() {
  static const SignalStop stop;
  return stop;
}

inline EnvSpec TestEnvironment() {
  EnvSpec spec;
  spec.name = "Pendulum-v1";
  spec.observation = Space::Box({-1.0, -1.0, -8.0}, {1.0, 1.0, 8.0});
  spec.action = Space::Box({-2.0}, {2.0});
  spec.max_episode_steps = 200;
  return spec;
}

/// `bind` may name a port, so that a shard can come back where it was; `replay` is more of its
/// table of the config.
class ShardOnLoopback {
 public:
  explicit ShardOnLoopback(const std::string& bind = "tcp://127.0.0.1:0", int tag = 0,
                           const std::string& instance = "", const std::string& replay = "")
      : host_(Program(),
              Settings(bind, tag, instance.empty() ? "replay-" + std::to_string(tag) : instance,
                       replay),
              NoSignal()),
        service_(host_) {}

  void Turn() { service_.Turn(net::Milliseconds(0)); }
  const net::Endpoint& endpoint() const { return service_.endpoint(); }

 private:
  static service::Program Program() {
    return {.name = "dyna-replay",
            .description = "",
            .role = wire::Role::kReplay,
            .states = {"serving", "waiting_for_disk"},
            .foreign_tables = {"cluster"}};
  }
  static Config Settings(const std::string& bind, int tag, const std::string& instance,
                         const std::string& replay) {
    return Config::FromText("[replay]\nbind = \"" + bind + "\"\nshard = " + std::to_string(tag) +
                                "\n" + replay +
                                "[env]\nname = \"Pendulum-v1\"\n[cluster]\nrun = \"r\"\n" +
                                "instance = \"" + instance + "\"\n[log]\nlevel = \"error\"\n",
                            "test.toml");
  }

  service::Host host_;
  ReplayService service_;
};

inline net::RequestPipeline::Options ClientOptions(const net::Endpoint& endpoint,
                                                   const std::string& instance = "actor-1") {
  net::RequestPipeline::Options options;
  options.connection.endpoint = endpoint;
  options.connection.backoff = {.first = net::Milliseconds(1), .max = net::Milliseconds(20)};
  options.connection.hello = {.client = {.role = wire::Role::kActor,
                                         .instance = instance,
                                         .run = "r",
                                         .environment = "Pendulum-v1",
                                         .shape = TestEnvironment().transition_shape(),
                                         .discrete = false,
                                         .incarnation = 1},
                              .producer = 7};
  return options;
}

/// Rows of one episode whose rewards are first, first + 1, ...
inline TransitionBatch CountedRows(std::int64_t first, std::int64_t rows) {
  auto batch = TransitionBatch::Zeros(rows, TestEnvironment().transition_shape());
  for (std::int64_t row = 0; row < rows; ++row) {
    batch.reward[row] = static_cast<float>(first + row);
    batch.obs(row, 0) = static_cast<float>(first + row);
    batch.provenance[static_cast<std::size_t>(row)].producer = 7;
  }
  return batch;
}

}  // namespace dyna::replay
