#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace dyna::testing_support {

/// Longer than anything on a busy machine takes: a test that waits so long has failed.
inline constexpr std::chrono::seconds kPatience{60};

/// Calls `turn` until it says true. False if it never does.
inline bool Eventually(const std::function<bool()>& turn) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!turn()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace dyna::testing_support
