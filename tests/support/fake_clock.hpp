#pragma once

#include <chrono>
#include <memory>

#include "common/telemetry/clock.hpp"

namespace dyna::testing_support {

/// Time that passes only when told to.
class FakeClock {
 public:
  void Advance(std::chrono::milliseconds time) { *now_ += time; }
  /// Follows this clock, wherever it is moved.
  telemetry::Clock clock() const {
    const auto now = now_;
    return {
        .steady = [now] { return std::chrono::steady_clock::time_point(*now); },
        .wall =
            [now] {
              return std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000)) +
                     *now;
            }};
  }

 private:
  std::shared_ptr<std::chrono::milliseconds> now_ =
      std::make_shared<std::chrono::milliseconds>(5000);
};

}  // namespace dyna::testing_support
