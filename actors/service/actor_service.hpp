#pragma once

#include <memory>
#include <optional>

#include "actors/actor_loop.hpp"
#include "actors/service/episode_reporter.hpp"
#include "actors/service/step_timer.hpp"
#include "common/ports/remote/remote_weights.hpp"
#include "common/ports/remote/shard_pool.hpp"
#include "common/service/cluster.hpp"
#include "common/service/host.hpp"

namespace dyna::actors {

/// An actor of a cluster: an ActorLoop whose replay and policy are elsewhere. As fast as replay
/// lets it, or, with env.step_period_ms, at fixed times: then the environment is stepped on time
/// whatever the network does, rows wait in a buffer of actor.buffer_mib, and when that is full the
/// actor waits, or drops rows and counts them (actor.when_full).
class ActorService {
 public:
  /// Reads env.*, actor.*, cluster.* and run.seed, and makes the environments. ConfigError.
  explicit ActorService(service::Host& host);

  /// Acts until the host is stopping; then sends what it has, for at most the grace time.
  void Run();

 private:
  struct RealTime {
    std::optional<net::Milliseconds> period = {};  ///< none: as fast as replay lets it
    bool drop_when_full = false;
    std::int64_t buffer_mib = 4;
    static RealTime From(Config& config);
  };

  void PollNetwork();
  void StepOnce();
  void Wait(net::Milliseconds at_most);
  void HandOver();

  service::Host& host_;
  RealTime real_time_;
  std::unique_ptr<net::RequestPipeline> learner_;
  RemoteWeights weights_;
  std::unique_ptr<ShardPool> replay_;
  std::unique_ptr<ReplayPort> dropping_;  ///< around replay_'s port, if rows may be dropped
  std::unique_ptr<ActorLoop> loop_;
  std::optional<EpisodeReporter> reporter_;
  std::optional<StepTimer> timer_;
  telemetry::Counter steps_;
  telemetry::Gauge policy_version_;
  telemetry::Counter missed_;
};

}  // namespace dyna::actors
