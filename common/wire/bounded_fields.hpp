#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/core/check.hpp"
#include "common/wire/bounded_archive.hpp"

// What a header may be made of, and how each part is written and checked. The names save and load
// are cereal's.

namespace dyna::wire {

/// A number or an enum in [low, high].
template <class T>
struct InRange {
  T& value;
  T low;
  T high;
};
/// A double that may be NaN or infinite; a plain one may not.
struct AnyReal {
  double& value;
};
/// Text of at most bytes_max bytes without control characters: it goes into logs.
struct Text {
  std::string& value;
  std::size_t bytes_max;
};
/// At most count_max items.
template <class T>
struct List {
  std::vector<T>& items;
  std::size_t count_max;
};
template <class T>
InRange(T&, T, T) -> InRange<T>;
template <class T>
List(std::vector<T>&, std::size_t) -> List<T>;

inline bool Printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7F;
  });
}

// Integers and finite reals.
template <class T>
requires(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) void save(BoundedWriter& archive,
                                                                        const T& value) {
  if constexpr (std::is_floating_point_v<T>) DYNA_CHECK(std::isfinite(value));
  WriteNumber(archive, value);
}
template <class T>
requires(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) void load(BoundedReader& archive,
                                                                        T& value) {
  value = ReadNumber<T>(archive);
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(value)) archive.Fail("a number is not finite");
  }
}

template <class T>
requires(std::is_same_v<T, bool>) void save(BoundedWriter& archive, const T& value) {
  WriteNumber<std::uint8_t>(archive, value ? 1 : 0);
}
template <class T>
requires(std::is_same_v<T, bool>) void load(BoundedReader& archive, T& value) {
  const auto byte = ReadNumber<std::uint8_t>(archive);
  if (byte > 1) archive.Fail("a flag is " + std::to_string(byte));
  value = byte == 1;
}

template <class T>
void save(BoundedWriter& archive, const InRange<T>& field) {
  DYNA_CHECK(field.value >= field.low && field.value <= field.high);
  if constexpr (std::is_enum_v<T>) {
    WriteNumber(archive, static_cast<std::underlying_type_t<T>>(field.value));
  } else {
    WriteNumber(archive, field.value);
  }
}
template <class T>
void load(BoundedReader& archive, InRange<T>& field) {
  T value{};
  if constexpr (std::is_enum_v<T>) {
    value = static_cast<T>(ReadNumber<std::underlying_type_t<T>>(archive));
  } else {
    value = ReadNumber<T>(archive);
  }
  // Written so that a NaN fails.
  if (!(value >= field.low && value <= field.high)) {
    archive.Fail("a field is outside its range");
    value = field.low;
  }
  field.value = value;
}

inline void save(BoundedWriter& archive, const AnyReal& field) {
  WriteNumber(archive, field.value);
}
inline void load(BoundedReader& archive, AnyReal& field) {
  field.value = ReadNumber<double>(archive);
}

inline void save(BoundedWriter& archive, const Text& field) {
  DYNA_CHECK_MSG(field.value.size() <= field.bytes_max && Printable(field.value), field.value);
  WriteNumber(archive, static_cast<std::uint16_t>(field.value.size()));
  archive.Raw(std::as_bytes(std::span(field.value)));
}
inline void load(BoundedReader& archive, Text& field) {
  const auto bytes = ReadNumber<std::uint16_t>(archive);
  if (bytes > field.bytes_max) {
    archive.Fail("a text of " + std::to_string(bytes) + " bytes, at most " +
                 std::to_string(field.bytes_max) + " are allowed");
  }
  const ByteView raw = archive.Take(bytes);
  field.value.assign(reinterpret_cast<const char*>(raw.data()), raw.size());
  if (!Printable(field.value)) archive.Fail("a text has control characters");
}

template <class T>
void save(BoundedWriter& archive, const List<T>& field) {
  DYNA_CHECK(field.items.size() <= field.count_max);
  WriteNumber(archive, static_cast<std::uint32_t>(field.items.size()));
  for (const T& item : field.items) archive(item);
}
template <class T>
void load(BoundedReader& archive, List<T>& field) {
  const auto count = ReadNumber<std::uint32_t>(archive);
  if (count > field.count_max) {
    archive.Fail("a list of " + std::to_string(count) + " items, at most " +
                 std::to_string(field.count_max) + " are allowed");
  }
  // Grows with the items that are really there: the count is a promise, not a fact.
  field.items.clear();
  for (std::uint32_t i = 0; i < count; ++i) {
    T item;
    archive(item);
    if (archive.failed()) return;
    field.items.push_back(std::move(item));
  }
}

}  // namespace dyna::wire
