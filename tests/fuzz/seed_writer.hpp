#pragma once

#include <cstring>
#include <string_view>

#include "tests/fuzz/repair.hpp"

namespace dyna::fuzz {

/// Puts together the input of a target; what Input takes apart.
class SeedWriter {
 public:
  template <class T>
  SeedWriter& Number(T value) {
    const auto raw = std::as_bytes(std::span(&value, 1));
    return Add(raw);
  }
  SeedWriter& Choice(std::uint8_t value) { return Number(value); }
  SeedWriter& Add(ByteView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  SeedWriter& Text(std::string_view text) { return Add(std::as_bytes(std::span(text))); }
  /// u16 length, then the bytes.
  SeedWriter& Sized(ByteView bytes) {
    return Number(static_cast<std::uint16_t>(bytes.size())).Add(bytes);
  }
  const Bytes& bytes() const noexcept { return bytes_; }

 private:
  Bytes bytes_;
};

}  // namespace dyna::fuzz
