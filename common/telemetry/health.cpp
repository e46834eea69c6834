#include "common/telemetry/health.hpp"

#include <cstdio>
#include <utility>

namespace dyna::telemetry {
namespace {

std::string Number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1f", value);
  return buffer;
}

}  // namespace

std::string JsonString(const std::string& text) {
  std::string json = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (byte >= 0x80) {
      json += '?';
    } else if (byte < ' ') {
      char buffer[8];
      std::snprintf(buffer, sizeof buffer, "\\u%04x", static_cast<unsigned>(byte));
      json += buffer;
    } else {
      json += c;
    }
  }
  return json + "\"";
}

Health::Health(Options options, Clock clock)
    : options_(std::move(options)),
      clock_(std::move(clock)),
      state_since_(clock_.steady()),
      beaten_at_(state_since_) {}

void Health::Beat() {
  const MutexLock lock(mutex_);
  beaten_at_ = clock_.steady();
}

void Health::SetState(const std::string& state, const std::string& waits_for) {
  const MutexLock lock(mutex_);
  beaten_at_ = clock_.steady();
  if (state != state_) state_since_ = beaten_at_;
  state_ = state;
  waits_for_ = waits_for;
}

void Health::MarkFailed(const std::string& reason) {
  const MutexLock lock(mutex_);
  failure_ = reason;
}

Health::Report Health::report() const {
  const MutexLock lock(mutex_);
  const auto now = clock_.steady();
  std::string reason = waits_for_;
  bool healthy = true;
  if (!failure_.empty()) {
    healthy = false;
    reason = failure_;
  } else if (now - beaten_at_ > options_.stall_max) {
    healthy = false;
    reason = "the loop has not turned for " + Number(Seconds(now - beaten_at_)) + " s, more than " +
             Number(Seconds(options_.stall_max));
  }
  return {
      .healthy = healthy,
      .json = "{\"role\":" + JsonString(options_.role) +
              ",\"version\":" + JsonString(options_.version) +
              (options_.instance.empty() ? "" : ",\"instance\":" + JsonString(options_.instance)) +
              ",\"healthy\":" + (healthy ? "true" : "false") + ",\"state\":" + JsonString(state_) +
              ",\"state_seconds\":" + Number(Seconds(now - state_since_)) +
              ",\"reason\":" + JsonString(reason) + "}\n"};
}

}  // namespace dyna::telemetry
