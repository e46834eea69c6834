#pragma once

#include <chrono>
#include <string>

namespace dyna::telemetry {

/// The answer of a process' /healthz.
struct HealthCheck {
  bool healthy = false;
  std::string text = {};  ///< its line of JSON, or why there was none
};

/// Asks `http://address:port/healthz` (an IP address) and waits at most `patience`: what a
/// program's --healthcheck does, so that a container needs no other program for it. Never throws;
/// reads a bounded number of bytes.
HealthCheck AskHealth(const std::string& address, int port, std::chrono::milliseconds patience);

}  // namespace dyna::telemetry
