#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/config/config.hpp"
#include "common/net/context.hpp"
#include "common/net/curve_keys.hpp"
#include "common/net/server.hpp"
#include "common/net/socket_options.hpp"
#include "common/net/zap_handler.hpp"
#include "common/run/signal_reload.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "common/wire/messages_session.hpp"

namespace dyna::service {

/// The one place where the sockets of a process of the cluster get their options: with keys, if the
/// config names any; and where it is refused to listen for everybody without. Tells metrics and log
/// who was refused and reads the allowlist again on SIGHUP.
class Security {
 public:
  struct Options {
    net::SocketOptions sockets = {};
    bool allow_insecure = false;
    std::filesystem::path folder = {};     ///< of the keys; empty = no keys
    std::filesystem::path secret = {};     ///< of this process; empty = the role's in the folder
    std::filesystem::path allowlist = {};  ///< empty = the folder's
    /// Reads what SocketOptions reads, net.allow_insecure and keys.*.
    static Options From(Config& config);
  };

  /// Borrows all but the options. The keys are read when they are first needed: until then a
  /// process may still find out which role it has.
  Security(Options options, net::Context& context, const wire::Identity& identity,
           telemetry::Metrics& metrics, telemetry::Log& log);

  /// Without keys.
  const net::SocketOptions& sockets() const noexcept { return options_.sockets; }
  bool has_keys() const noexcept { return !options_.folder.empty(); }
  /// For sockets that connect to servers of this role. OperatorError if a key cannot be used.
  net::SocketOptions ToServer(wire::Role server);
  /// For the socket that listens at config key `key`, whose value is `text`. ConfigError if that is
  /// no address, or one that others can reach and there are no keys.
  net::Server::Options Listen(const std::string& key, const std::string& text);

  /// Every turn of the role's loop.
  void Tick();

 private:
  using Clock = std::chrono::steady_clock;
  struct RefusalSeries {
    net::RefusalReason reason;
    telemetry::Counter counter;
    std::uint64_t told;
  };

  const net::KeyPair& own();
  void Reload();
  void TellRefusals();

  const Options options_;
  net::Context& context_;
  const wire::Identity& identity_;
  telemetry::Log& log_;
  std::vector<RefusalSeries> refusals_;
  telemetry::Counter reloads_applied_;
  telemetry::Counter reloads_refused_;
  std::optional<net::KeyPair> own_;
  std::unique_ptr<net::Guard> guard_;
  std::unique_ptr<net::ZapHandler> zap_;
  std::optional<SignalReload> reload_;
  std::uint64_t logged_ = 0;  ///< refusals
  Clock::time_point log_at_ = Clock::time_point::min();
};

}  // namespace dyna::service
