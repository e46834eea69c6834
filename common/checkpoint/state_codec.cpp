#include "common/checkpoint/state_codec.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

#include "common/core/crc32c.hpp"

namespace dyna {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::array<char, 8> kMagic = {'D', 'Y', 'N', 'A', 'S', 'T', 'A', 'T'};
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kHeaderBytes = 24;
constexpr std::uint8_t kTypes = 5;

class Writer {
 public:
  explicit Writer(std::size_t reserve) { bytes_.reserve(reserve); }
  template <class T>
  void Number(T value) {
    static_assert(std::is_arithmetic_v<T>);
    Raw(std::as_bytes(std::span(&value, 1)));
  }
  void Raw(std::span<const std::byte> raw) { bytes_.insert(bytes_.end(), raw.begin(), raw.end()); }
  std::vector<std::byte>& bytes() { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

/// Reads from the front; every read checks what is left first.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : left_(bytes) {}
  template <class T>
  bool Number(T& value) {
    if (left_.size() < sizeof(T)) return false;
    std::memcpy(&value, left_.data(), sizeof(T));
    left_ = left_.subspan(sizeof(T));
    return true;
  }
  bool Take(std::uint64_t count, std::span<const std::byte>& out) {
    if (count > left_.size()) return false;
    out = left_.first(static_cast<std::size_t>(count));
    left_ = left_.subspan(static_cast<std::size_t>(count));
    return true;
  }
  bool empty() const noexcept { return left_.empty(); }

 private:
  std::span<const std::byte> left_;
};

std::size_t EntryBytes(const std::string& name, const StateDict::Array& array) {
  return name.size() + array.bytes.size() + 8 * array.shape.size() + 14;
}

/// False when the bytes do not hold one well-formed entry.
bool ReadEntry(Reader& reader, std::string& name, StateDict::Array& array) {
  std::uint32_t name_bytes = 0;
  std::span<const std::byte> raw;
  if (!reader.Number(name_bytes) || !reader.Take(name_bytes, raw)) return false;
  name.assign(reinterpret_cast<const char*>(raw.data()), raw.size());
  std::uint8_t type = 0;
  std::uint8_t axes = 0;
  if (!reader.Number(type) || type >= kTypes || !reader.Number(axes)) return false;
  array.type = static_cast<StateDict::Type>(type);
  array.shape.resize(axes);
  std::uint64_t data_bytes = 0;
  for (auto& size : array.shape) {
    if (!reader.Number(size) || size < 0) return false;
  }
  if (!reader.Number(data_bytes) || !reader.Take(data_bytes, raw)) return false;
  // The product of the axes must be the element count, without overflowing on the way.
  std::uint64_t elements = 1;
  for (const std::int64_t size : array.shape) {
    if (__builtin_mul_overflow(elements, static_cast<std::uint64_t>(size), &elements)) return false;
  }
  std::uint64_t expected = 0;
  if (__builtin_mul_overflow(elements, ElementBytes(array.type), &expected)) return false;
  if (expected != data_bytes) return false;
  array.bytes.assign(raw.begin(), raw.end());
  return true;
}

}  // namespace

std::vector<std::byte> EncodeState(const StateDict& state) {
  std::size_t total = kHeaderBytes + 8;
  for (const auto& [name, array] : state.arrays()) total += EntryBytes(name, array);
  Writer writer(total);
  writer.bytes().resize(kHeaderBytes);
  writer.Number<std::uint64_t>(state.arrays().size());
  for (const auto& [name, array] : state.arrays()) {
    writer.Number(static_cast<std::uint32_t>(name.size()));
    writer.Raw(std::as_bytes(std::span(name.data(), name.size())));
    writer.Number(static_cast<std::uint8_t>(array.type));
    writer.Number(static_cast<std::uint8_t>(array.shape.size()));
    for (const std::int64_t size : array.shape) writer.Number(size);
    writer.Number<std::uint64_t>(array.bytes.size());
    writer.Raw(array.bytes);
  }
  std::vector<std::byte> bytes = std::move(writer.bytes());
  const std::span<const std::byte> payload = std::span(bytes).subspan(kHeaderBytes);
  Writer header(kHeaderBytes);
  header.Raw(std::as_bytes(std::span(kMagic)));
  header.Number(kFormat);
  header.Number(Crc32c(payload));
  header.Number<std::uint64_t>(payload.size());
  std::memcpy(bytes.data(), header.bytes().data(), kHeaderBytes);
  return bytes;
}

Result<StateDict> DecodeState(std::span<const std::byte> bytes) {
  Reader reader(bytes);
  std::span<const std::byte> magic;
  std::uint32_t format = 0;
  std::uint32_t crc = 0;
  std::uint64_t payload_bytes = 0;
  if (!reader.Take(kMagic.size(), magic) ||
      std::memcmp(magic.data(), kMagic.data(), kMagic.size()) != 0) {
    return Error{ErrorCode::kMalformed, "not an OpenDyna state file (no magic number)"};
  }
  if (!reader.Number(format) || !reader.Number(crc) || !reader.Number(payload_bytes)) {
    return Error{ErrorCode::kMalformed, "truncated inside its header"};
  }
  if (format != kFormat) {
    return Error{ErrorCode::kVersionMismatch, "format " + std::to_string(format) +
                                                  ", this program reads format " +
                                                  std::to_string(kFormat)};
  }
  const std::uint64_t present = bytes.size() - kHeaderBytes;
  if (present != payload_bytes) {
    return Error{ErrorCode::kMalformed, "its header promises " + std::to_string(payload_bytes) +
                                            " bytes, but " + std::to_string(present) +
                                            " are there"};
  }
  if (Crc32c(bytes.subspan(kHeaderBytes)) != crc) {
    return Error{ErrorCode::kMalformed, "its checksum does not match"};
  }
  std::uint64_t entries = 0;
  std::string last;
  StateDict state;
  bool good = reader.Number(entries);
  for (std::uint64_t i = 0; good && i < entries; ++i) {
    std::string name;
    StateDict::Array array;
    // In order, each once: no two files hold the same state, and none replaces what it had.
    good = ReadEntry(reader, name, array) && (i == 0 || last < name);
    last = name;
    if (good) state.PutRaw(std::move(name), std::move(array));
  }
  if (!good || !reader.empty()) {
    return Error{ErrorCode::kMalformed, "its entries do not parse"};
  }
  return state;
}

}  // namespace dyna
