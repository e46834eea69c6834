#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace dyna::wire {

static_assert(std::endian::native == std::endian::little, "the wire format is little-endian");

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

/// Copies `value` to `to`, which must have room for it.
template <class T>
void StoreAt(std::byte* to, T value) {
  static_assert(std::is_arithmetic_v<T>);
  std::memcpy(to, &value, sizeof(T));
}

/// The T at `from`, which must hold one.
template <class T>
T LoadAt(const std::byte* from) {
  static_assert(std::is_arithmetic_v<T>);
  T value{};
  std::memcpy(&value, from, sizeof(T));
  return value;
}

}  // namespace dyna::wire
