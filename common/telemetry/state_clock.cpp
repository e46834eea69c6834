#include "common/telemetry/state_clock.hpp"

#include <utility>

#include "common/core/check.hpp"

namespace dyna::telemetry {
namespace {

bool IsWait(const std::string& state) { return state.starts_with("waiting_for_"); }

}  // namespace

StateClock::Options StateClock::Options::From(Config& config, std::vector<std::string> states) {
  const double seconds = config.GetDouble("log.blocked_seconds", 10.0, 0.1, 86'400.0);
  return {.states = std::move(states),
          .blocked_log_after = std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::duration<double>(seconds))};
}

StateClock::StateClock(Options options, Metrics& metrics, Health& health, Log& log, Clock clock)
    : options_(std::move(options)),
      health_(health),
      log_(log),
      clock_(std::move(clock)),
      state_(options_.states.at(0)),
      accounted_(clock_.steady()),
      blocked_since_(accounted_),
      next_log_(options_.blocked_log_after) {
  DYNA_CHECK_MSG(!IsWait(state_), state_);
  const std::string& role = metrics.program().role;
  for (const std::string& state : options_.states) {
    series_.emplace(state,
                    Series{.seconds = metrics.counter(metrics::kRoleSeconds, {role, state}),
                           .blocked_since = metrics.gauge(metrics::kBlockedSince, {role, state})});
  }
  health_.SetState(state_);
}

void StateClock::Enter(const std::string& state, const std::string& limit) {
  DYNA_CHECK_MSG(series_.contains(state), "state '" << state << "' was not announced");
  const TimePoint now = clock_.steady();
  Account(now);
  const bool waits = IsWait(state);
  if (state != state_) series_.at(state_).blocked_since.Set(0.0);
  if (waits && !blocked_) {
    blocked_ = true;
    blocked_since_ = now;
    blocked_since_timestamp_ = Seconds(clock_.wall().time_since_epoch());
    next_log_ = options_.blocked_log_after;
  } else if (!waits && blocked_) {
    EndWait(now);
  }
  state_ = state;
  limit_ = limit;
  if (waits) series_.at(state).blocked_since.Set(blocked_since_timestamp_);
  health_.SetState(state_, limit_);
  LogLongWait(now);
}

void StateClock::Tick() {
  const TimePoint now = clock_.steady();
  Account(now);
  health_.Beat();
  LogLongWait(now);
}

void StateClock::Account(TimePoint now) {
  if (now > accounted_) series_.at(state_).seconds.Add(Seconds(now - accounted_));
  accounted_ = now;
}

void StateClock::LogLongWait(TimePoint now) {
  if (!blocked_ || now - blocked_since_ < next_log_) return;
  log_.Warning("blocked",
               {{"state", state_}, {"seconds", Seconds(now - blocked_since_)}, {"limit", limit_}});
  while (now - blocked_since_ >= next_log_) next_log_ *= 2;
}

void StateClock::EndWait(TimePoint now) {
  blocked_ = false;
  if (next_log_ == options_.blocked_log_after) return;  // it was short: nobody heard of it
  log_.Info("unblocked", {{"state", state_}, {"seconds", Seconds(now - blocked_since_)}});
}

}  // namespace dyna::telemetry
