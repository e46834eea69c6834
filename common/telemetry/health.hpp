#pragma once

#include <chrono>
#include <string>

#include "common/core/mutex.hpp"
#include "common/telemetry/clock.hpp"

namespace dyna::telemetry {

/// What /healthz says of a process. Its loop tells, an HTTP thread asks: the one class of a role
/// that two threads share.
///
/// Healthy means that the loop turns, not that it has work: a role that waits for another, and
/// says so, is healthy, or one slow learner would have every actor restarted. A loop that has not
/// called Beat() for `stall_max`, or has said MarkFailed(), is not.
class Health {
 public:
  struct Options {
    std::string role = {};
    std::string version = {};
    std::string instance = {};  ///< which of its role; empty = it is not said
    std::chrono::milliseconds stall_max = std::chrono::seconds(60);
  };
  explicit Health(Options options, Clock clock = {});

  /// Every turn of the loop.
  void Beat();
  /// The state of a StateClock; `waits_for` says what a wait is for. Counts as a beat.
  void SetState(const std::string& state, const std::string& waits_for = {});
  /// From now on unhealthy, for a reason that the operator should read.
  void MarkFailed(const std::string& reason);

  struct Report {
    bool healthy = false;
    std::string json = {};  ///< one line: role, version, healthy, state, seconds in it, reason
  };
  /// From any thread.
  Report report() const;

 private:
  const Options options_;
  const Clock clock_;
  mutable Mutex mutex_;
  std::string state_ DYNA_GUARDED_BY(mutex_) = "starting";
  std::string waits_for_ DYNA_GUARDED_BY(mutex_);
  std::string failure_ DYNA_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point state_since_ DYNA_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point beaten_at_ DYNA_GUARDED_BY(mutex_);
};

/// `text` between quotes as JSON wants it; bytes that are not ASCII become '?'.
std::string JsonString(const std::string& text);

}  // namespace dyna::telemetry
