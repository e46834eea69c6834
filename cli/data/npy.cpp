#include "cli/data/npy.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dyna::cli {
namespace {

using ByteView = std::span<const std::byte>;

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;  // of the data, as NumPy writes it
constexpr std::size_t kAxesMax = 8;

Error Malformed(const std::string& what) { return {ErrorCode::kMalformed, what}; }

template <class T>
float LoadAs(const std::byte* at) {
  T value{};
  std::memcpy(&value, at, sizeof(T));
  return static_cast<float>(value);
}

/// How one number of a type lies in the file.
struct Number {
  std::string_view name;
  std::size_t bytes;
  float (*load)(const std::byte* at);
  Column::Type type;
};

const Number* FindNumber(std::string_view name) {
  using enum Column::Type;
  static constexpr Number kNumbers[] = {
      {"<f4", 4, LoadAs<float>, kFloat32},       {"<f8", 8, LoadAs<double>, kFloat32},
      {"|b1", 1, LoadAs<std::uint8_t>, kBool},   {"|i1", 1, LoadAs<std::int8_t>, kInt64},
      {"|u1", 1, LoadAs<std::uint8_t>, kInt64},  {"<i2", 2, LoadAs<std::int16_t>, kInt64},
      {"<u2", 2, LoadAs<std::uint16_t>, kInt64}, {"<i4", 4, LoadAs<std::int32_t>, kInt64},
      {"<u4", 4, LoadAs<std::uint32_t>, kInt64}, {"<i8", 8, LoadAs<std::int64_t>, kInt64},
      {"<u8", 8, LoadAs<std::uint64_t>, kInt64},
  };
  for (const Number& number : kNumbers) {
    if (number.name == name) return &number;
  }
  return nullptr;
}

/// What follows "'key':" in the header, a literal of a Python dict, without leading blanks.
std::optional<std::string_view> ValueOf(std::string_view header, std::string_view key) {
  const std::size_t at = header.find("'" + std::string(key) + "'");
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = header.substr(at + key.size() + 2);
  const std::size_t colon = rest.find_first_not_of(' ');
  if (colon == std::string_view::npos || rest[colon] != ':') return std::nullopt;
  rest.remove_prefix(colon + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return rest;
}

/// The text between the quotes of "'<f4', ..."; a structure's or a torn one is as good as any other
/// that is not known.
std::string TypeName(std::string_view value) {
  constexpr std::size_t kLongest = 16;
  if (!value.starts_with('\'')) return "a structure";
  return std::string(value.substr(1, std::min(value.find('\'', 1) - 1, kLongest)));
}

/// "(3, 4)", "(3,)" or "()".
std::optional<std::vector<std::int64_t>> ParseShape(std::string_view text) {
  const std::size_t end = text.find(')');
  if (!text.starts_with('(') || end == std::string_view::npos) return std::nullopt;
  std::vector<std::int64_t> shape;
  std::string_view left = text.substr(1, end - 1);
  while (true) {
    left.remove_prefix(std::min(left.find_first_not_of(", "), left.size()));
    if (left.empty()) return shape;
    std::int64_t axis = 0;
    const auto [rest, error] = std::from_chars(left.data(), left.data() + left.size(), axis);
    if (error != std::errc() || axis < 0 || shape.size() == kAxesMax) return std::nullopt;
    shape.push_back(axis);
    left.remove_prefix(static_cast<std::size_t>(rest - left.data()));
    if (!left.empty() && left.front() != ',') return std::nullopt;
  }
}

/// Where the header's text lies: begin and size; nothing if it is cut off.
std::optional<std::pair<std::size_t, std::size_t>> HeaderPlace(ByteView bytes) {
  const std::size_t magic = kMagic.size();
  if (bytes.size() < magic + 4 || std::memcmp(bytes.data(), kMagic.data(), magic) != 0) {
    return std::nullopt;
  }
  const auto major = std::to_integer<int>(bytes[magic]);
  const std::size_t size_bytes = major == 1 ? 2 : 4;
  const std::size_t begin = magic + 2 + size_bytes;
  if (major < 1 || major > 3 || bytes.size() < begin) return std::nullopt;
  std::uint32_t size = 0;
  std::memcpy(&size, bytes.data() + magic + 2, size_bytes);
  if (size > bytes.size() - begin) return std::nullopt;
  return std::pair(begin, static_cast<std::size_t>(size));
}

/// From Fortran's order to C's, two axes.
std::vector<float> Transposed(const std::vector<float>& values, std::size_t rows,
                              std::size_t columns) {
  std::vector<float> result(values.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) result[i * columns + j] = values[j * rows + i];
  }
  return result;
}

}  // namespace

Result<Column> DecodeNpy(ByteView bytes) {
  const auto place = HeaderPlace(bytes);
  if (!place) return Malformed("it is no NumPy array, or its header is cut off");
  const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + place->first,
                                place->second);
  const auto type = ValueOf(header, "descr");
  const auto order = ValueOf(header, "fortran_order");
  const auto axes = ValueOf(header, "shape");
  if (!type || !order || !axes) return Malformed("its header lacks descr, fortran_order or shape");
  const std::string type_name = TypeName(*type);
  const Number* const number = FindNumber(type_name);
  if (number == nullptr) {
    return Malformed("it has type '" + type_name +
                     "', not little-endian booleans, integers, float32 or float64");
  }
  const auto shape = ParseShape(*axes);
  if (!shape) return Malformed("its header has no shape");
  const std::int64_t count = ValuesIn(*shape);
  const ByteView data = bytes.subspan(place->first + place->second);
  if (count < 0 || data.size() != static_cast<std::size_t>(count) * number->bytes) {
    return Malformed("shape " + ShapeText(*shape) + " of " + type_name + " does not fit its " +
                     std::to_string(data.size()) + " bytes of data");
  }
  Column column{.shape = *shape, .type = number->type};
  column.values.resize(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < column.values.size(); ++i) {
    column.values[i] = number->load(data.data() + i * number->bytes);
  }
  if (order->starts_with("True") && shape->size() > 1) {
    if (shape->size() > 2) return Malformed("it has more than two axes, in Fortran's order");
    column.values = Transposed(column.values, static_cast<std::size_t>((*shape)[0]),
                               static_cast<std::size_t>((*shape)[1]));
  }
  return column;
}

std::vector<std::byte> EncodeNpy(const Column& column) {
  using enum Column::Type;
  const char* const type = column.type == kBool ? "|b1" : column.type == kInt64 ? "<i8" : "<f4";
  std::string header = "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': (";
  for (const std::int64_t axis : column.shape) header += std::to_string(axis) + ",";
  header += "), }";
  const std::size_t front = kMagic.size() + 4;
  header.append(kAlignment - (front + header.size() + 1) % kAlignment, ' ');
  header += '\n';

  std::vector<std::byte> bytes;
  const auto put = [&bytes](const void* data, std::size_t size) {
    const auto* const raw = static_cast<const std::byte*>(data);
    bytes.insert(bytes.end(), raw, raw + size);
  };
  put(kMagic.data(), kMagic.size());
  const auto size = static_cast<std::uint16_t>(header.size());
  const char version[2] = {1, 0};
  put(version, sizeof version);
  put(&size, sizeof size);
  put(header.data(), header.size());
  for (const float value : column.values) {
    if (column.type == kBool) {
      const auto flag = static_cast<std::uint8_t>(value != 0.0F ? 1 : 0);
      put(&flag, sizeof flag);
    } else if (column.type == kInt64) {
      const auto index = static_cast<std::int64_t>(value);
      put(&index, sizeof index);
    } else {
      put(&value, sizeof value);
    }
  }
  return bytes;
}

}  // namespace dyna::cli
