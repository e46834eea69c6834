#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "tests/fuzz/targets.hpp"

namespace dyna::fuzz {

/// Takes choices off the front of a fuzzer's bytes; zeros when there are none left.
class Input {
 public:
  explicit Input(ByteView bytes) : left_(bytes) {}

  template <class T>
  T Number() {
    T value{};
    const ByteView taken = Take(sizeof(T));
    if (!taken.empty()) std::memcpy(&value, taken.data(), taken.size());
    return value;
  }
  std::uint8_t Choice() { return Number<std::uint8_t>(); }
  /// The next `count` bytes, or as many as there are.
  ByteView Take(std::size_t count) {
    const ByteView taken = left_.first(std::min(count, left_.size()));
    left_ = left_.subspan(taken.size());
    return taken;
  }
  ByteView Rest() { return Take(left_.size()); }
  bool empty() const noexcept { return left_.empty(); }

 private:
  ByteView left_;
};

inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace dyna::fuzz
