#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "common/config/config.hpp"
#include "common/telemetry/health.hpp"
#include "common/telemetry/metrics.hpp"

namespace dyna::telemetry {

/// What a process shows to GET beside /metrics and /healthz.
class HttpPages {
 public:
  struct Answer {
    int status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::string body = {};
  };
  using Parameters = std::multimap<std::string, std::string>;  ///< of the query, decoded

  virtual ~HttpPages() = default;
  /// Called by the server's threads, which also serve the health: it must answer at once, and
  /// briefly.
  virtual Answer Get(const std::string& path, const Parameters& parameters) const = 0;
};

/// Serves GET /metrics (Prometheus' text format) and GET /healthz (200 or 503, and one line of
/// JSON), and what is mounted beside them, on threads of its own. Read only; whoever can connect
/// may read, so the default address is this machine's own.
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
  /// From now on `pages` answers every other path. It is kept as long as this object.
  void Mount(std::shared_ptr<const HttpPages> pages);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dyna::telemetry
