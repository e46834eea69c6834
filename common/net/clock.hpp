#pragma once

#include <chrono>
#include <functional>

namespace dyna::net {

using TimePoint = std::chrono::steady_clock::time_point;
using Milliseconds = std::chrono::milliseconds;
/// Where time comes from; tests put their own.
using Clock = std::function<TimePoint()>;

}  // namespace dyna::net
