#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tests/chaos/shim/points.hpp"

namespace dyna::chaos {

/// What is to go wrong at a point.
struct Fault {
  enum class Action : std::uint8_t { kNone, kKill, kStop, kError, kSkip };
  Action action = Action::kNone;
  int error = 0;  ///< errno, for kError
};

/// Which faults this process is to suffer. Any thread may ask.
class FaultPlan {
 public:
  /// Parses the variables of points.hpp; aborts with a message if they are wrong, since a fault
  /// that does not happen would let a test pass.
  FaultPlan(std::string_view orders, const char* hits_path);

  /// The process comes by. Counts, and says what is to happen there.
  Fault Reach(Point point);
  /// As Reach(), and does it: does not return from kKill; returns from kStop when continued.
  Fault Pass(Point point);
  /// Does what Reach() said.
  static void Suffer(Fault fault);

 private:
  struct Order {
    Point point = Point::kCount;
    std::uint64_t first = 0;
    std::uint64_t count = 1;
    Fault fault = {};
  };
  static Order Parse(std::string_view text);

  std::vector<Order> orders_;
  Hits* hits_;
  std::uint64_t lives_[kPoints] = {};  ///< of this life
};

/// Prints and aborts: the harness is wrong, or the program has begun to use the disk in a way that
/// the shim does not know.
[[noreturn]] void ShimPanic(const char* what, const char* detail);

}  // namespace dyna::chaos
