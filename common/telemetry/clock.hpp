#pragma once

#include <chrono>
#include <functional>

namespace dyna::telemetry {

/// Where telemetry takes the time from; tests put their own.
struct Clock {
  /// For durations.
  std::function<std::chrono::steady_clock::time_point()> steady = std::chrono::steady_clock::now;
  /// For time stamps that people and Prometheus read.
  std::function<std::chrono::system_clock::time_point()> wall = std::chrono::system_clock::now;
};

/// Seconds as Prometheus wants them.
template <class Duration>
double Seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace dyna::telemetry
