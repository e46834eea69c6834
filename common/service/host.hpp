#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/config/config.hpp"
#include "common/core/rng.hpp"
#include "common/net/context.hpp"
#include "common/net/monitor.hpp"
#include "common/net/socket_options.hpp"
#include "common/run/signal_stop.hpp"
#include "common/service/security.hpp"
#include "common/telemetry/health.hpp"
#include "common/telemetry/http_exposer.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "common/telemetry/state_clock.hpp"
#include "common/wire/messages_session.hpp"

namespace dyna::service {

/// Which service a program is.
struct Program {
  std::string name = {};         ///< "dyna-actor"
  std::string description = {};  ///< one line for --help
  wire::Role role = wire::Role::kActor;
  wire::Role (*role_of)(Config& config) = nullptr;  ///< if the config decides; else `role`
  std::vector<std::string> states = {};             ///< of its StateClock
  std::vector<std::string> foreign_tables = {};     ///< of the config: other roles' business
};

/// What a process of the cluster has around its core, whatever its role: config, log, metrics,
/// health, who it is, and the wish to stop.
class Host {
 public:
  /// Borrows `stop`, which main() makes first: a signal while the rest is built is kept.
  Host(Program program, Config config, const SignalStop& stop);

  Config& config() noexcept { return config_; }
  telemetry::Log& log() noexcept { return log_; }
  telemetry::Metrics& metrics() noexcept { return metrics_; }
  const telemetry::Health& health() const noexcept { return health_; }
  telemetry::HttpExposer& http() noexcept { return exposer_; }
  telemetry::StateClock& states() noexcept { return states_; }
  net::Context& context() noexcept { return context_; }
  const net::SocketOptions& sockets() const noexcept { return security_.sockets(); }
  /// Options of sockets, with keys if the config names any.
  Security& security() noexcept { return security_; }
  net::EventCounters& socket_events() noexcept { return socket_events_; }

  /// Who this process is to its peers. The environment is filled in when it is known.
  const wire::Identity& identity() const noexcept { return identity_; }
  wire::Identity& identity() noexcept { return identity_; }
  /// Id on the rows that the process appends: a hash of its instance name, so that a restarted one
  /// has it again.
  std::uint32_t producer() const noexcept { return producer_; }
  /// A seed for the random streams of a worker that may be killed and come back: without it every
  /// life would begin with the same start states and the same noise, and make the same rows again.
  std::uint64_t LifeSeed(std::uint64_t seed) const {
    return StreamSeed(seed, "life", identity_.incarnation);
  }
  std::chrono::milliseconds grace() const noexcept { return grace_; }

  /// A signal asked for the end.
  bool stopping() const noexcept { return stop_->requested(); }
  /// Every turn of the loop.
  void Tick();
  /// Every key of the config that is this role's has been read: ConfigError for one that was not.
  void RequireAllKeysUsed() const { config_.RequireAllKeysUsed(program_.foreign_tables); }
  /// The keys below `table` are not this process' business either.
  void LeaveToOthers(const std::string& table) { program_.foreign_tables.push_back(table); }

 private:
  const SignalStop* stop_;
  Program program_;
  Config config_;
  wire::Identity identity_;
  std::uint32_t producer_;
  std::chrono::milliseconds grace_;
  telemetry::Log log_;
  telemetry::Metrics metrics_;
  telemetry::Health health_;
  telemetry::HttpExposer exposer_;
  telemetry::StateClock states_;
  net::Context context_;
  Security security_;
  net::EventCounters socket_events_;
  std::vector<telemetry::FollowedCounter> event_counters_;  ///< by SocketEvent
};

}  // namespace dyna::service
