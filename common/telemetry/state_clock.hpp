#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "common/config/config.hpp"
#include "common/telemetry/clock.hpp"
#include "common/telemetry/health.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"

namespace dyna::telemetry {

/// Where a role's time goes, and what it waits for (promise P10). The role's loop says what it
/// does; metrics, /healthz and the log then all tell the same:
///   dyna_role_seconds_total{state}                     time in each state
///   dyna_role_blocked_since_timestamp_seconds{state}   since when it has only waited, 0 if not
///   /healthz                                           the state and the limit's own sentence
///   a log line                                         when a wait has become long, and its end
/// A state named "waiting_for_..." is a wait for somebody else; other states are work or rest.
/// Single-threaded: the loop owns it.
class StateClock {
 public:
  struct Options {
    /// All that Enter() may name; the first is the one at the start.
    std::vector<std::string> states = {"running"};
    /// A wait longer than this is logged, again each time it has doubled.
    std::chrono::milliseconds blocked_log_after = std::chrono::seconds(10);
    /// Reads log.blocked_seconds.
    static Options From(Config& config, std::vector<std::string> states);
  };

  /// The role's name is that of `metrics`. Borrows all three.
  StateClock(Options options, Metrics& metrics, Health& health, Log& log, Clock clock = {});

  /// From now on the loop is in `state`. `limit` is what a wait is for, in the words of the error
  /// that said so ("replay table 'real': grant: ..."). Going from one wait to another, or
  /// retrying in vain, is one wait: enter another state only when something was done.
  void Enter(const std::string& state, const std::string& limit = {});
  /// Every turn of the loop, at least once a second: keeps the metrics up to date during a wait.
  void Tick();

  const std::string& state() const noexcept { return state_; }
  bool blocked() const noexcept { return blocked_; }
  const std::string& limit() const noexcept { return limit_; }

 private:
  struct Series {
    Counter seconds;
    Gauge blocked_since;
  };
  using TimePoint = std::chrono::steady_clock::time_point;

  void Account(TimePoint now);
  void LogLongWait(TimePoint now);
  void EndWait(TimePoint now);

  Options options_;
  Health& health_;
  Log& log_;
  Clock clock_;
  std::map<std::string, Series> series_;
  std::string state_;
  std::string limit_;
  TimePoint accounted_;  ///< time up to here is in the counters
  bool blocked_ = false;
  TimePoint blocked_since_;
  double blocked_since_timestamp_ = 0.0;
  std::chrono::steady_clock::duration next_log_;
};

}  // namespace dyna::telemetry
