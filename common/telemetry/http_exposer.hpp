#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/config/config.hpp"
#include "common/telemetry/health.hpp"
#include "common/telemetry/metrics.hpp"

namespace dyna::telemetry {

/// Serves GET /metrics (Prometheus' text format) and GET /healthz (200 or 503, and one line of
/// JSON) on threads of its own. Read only; whoever can connect may read, so the default address
/// is this machine's own.
class HttpExposer {
 public:
  static constexpr std::int64_t kNoPort = 0;
  static constexpr std::int64_t kAnyPort = -1;

  struct Options {
    std::string address = "127.0.0.1";
    std::int64_t port = kNoPort;
    /// Reads metrics.address and metrics.port (0 = no server, -1 = any free port).
    static Options From(Config& config);
  };

  /// Borrows both. ConfigError if the address is none of this machine or the port is taken.
  HttpExposer(const Options& options, const Metrics& metrics, const Health& health);
  ~HttpExposer();
  HttpExposer(const HttpExposer&) = delete;
  HttpExposer& operator=(const HttpExposer&) = delete;

  /// Where it listens; 0 if it does not.
  int port() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dyna::telemetry
