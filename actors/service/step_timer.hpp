#pragma once

#include <chrono>
#include <cstdint>

namespace dyna::actors {

/// When a real-time environment is to be stepped: at fixed times, `period` apart. Reads no clock.
class StepTimer {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  /// The first step is due at `start`.
  StepTimer(Duration period, TimePoint start) : period_(period), due_(start) {}

  bool due(TimePoint now) const noexcept { return now >= due_; }
  TimePoint next() const noexcept { return due_; }
  /// A step ended at `now`. Returns how many deadlines it missed: a step has until the next one is
  /// due; after a long stall the missed ones are left out, not made up for in a burst.
  std::int64_t Stepped(TimePoint now) noexcept {
    due_ += period_;
    if (now <= due_) return 0;
    const std::int64_t late = (now - due_) / period_ + 1;
    due_ += (late - 1) * period_;
    return late;
  }

 private:
  Duration period_;
  TimePoint due_;
};

}  // namespace dyna::actors
