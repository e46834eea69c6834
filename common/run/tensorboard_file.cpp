#include "common/run/tensorboard_file.hpp"

#include <bit>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <span>

#include "common/core/check.hpp"
#include "common/core/crc32c.hpp"
#include "common/core/error.hpp"

namespace dyna {
namespace {

template <class T>
std::string LittleEndian(T value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes += static_cast<char>((value >> (8 * i)) & 0xFF);
  }
  return bytes;
}

/// Rotated and shifted, so that a CRC of bytes that hold CRCs stays a good one (TensorFlow's
/// lib/hash/crc32c.h).
std::string MaskedCrc(std::string_view bytes) {
  const std::uint32_t crc = Crc32c(std::as_bytes(std::span(bytes)));
  return LittleEndian(((crc >> 15) | (crc << 17)) + 0xA282EAD8U);
}

std::string Record(std::string_view event) {
  const std::string length = LittleEndian<std::uint64_t>(event.size());
  return length + MaskedCrc(length) + std::string(event) + MaskedCrc(event);
}

// Protobuf's wire format: a key is field << 3 | type.
enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

std::string Varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7F) | 0x80);
  return bytes + static_cast<char>(value);
}

std::string Key(std::uint64_t field, WireType type) {
  return Varint(field << 3 | static_cast<std::uint64_t>(type));
}

std::string Bytes(std::uint64_t field, std::string_view bytes) {
  return Key(field, WireType::kBytes) + Varint(bytes.size()) + std::string(bytes);
}

std::string Double(std::uint64_t field, double value) {
  return Key(field, WireType::kFixed64) + LittleEndian(std::bit_cast<std::uint64_t>(value));
}

std::string Float(std::uint64_t field, float value) {
  return Key(field, WireType::kFixed32) + LittleEndian(std::bit_cast<std::uint32_t>(value));
}

/// Seconds since 1970: what TensorBoard's wall-clock axis is.
double TimeOfDay() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string TagOf(const std::string& column) {
  const std::pair<const char*, const char*> prefixes[] = {{"eval_", "eval/"},
                                                          {"train_", "train/"},
                                                          {"model_", "model/"},
                                                          {"wall_seconds_", "time/"},
                                                          {"synthetic_", "imagination/"}};
  for (const auto& [prefix, group] : prefixes) {
    if (column.starts_with(prefix)) return group + column.substr(std::string(prefix).size());
  }
  if (column == "wall_seconds") return "time/wall_seconds";
  return (column == "rollout_length" ? "imagination/" : "learner/") + column;
}

}  // namespace

TensorboardFile TensorboardFile::Create(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) {
    throw OperatorError("cannot create '" + path.parent_path().string() + "': " + error.message());
  }
  const std::string event = Double(1, TimeOfDay()) + Bytes(3, "brain.Event:2");
  return TensorboardFile(AppendFile::Create(path, Record(event)));
}

TensorboardFile TensorboardFile::Resume(const std::filesystem::path& path, std::uint64_t bytes) {
  return TensorboardFile(AppendFile::Resume(path, bytes));
}

void TensorboardFile::Append(std::int64_t step, const Scalars& scalars) {
  std::string summary;
  for (const auto& [tag, value] : scalars) {
    if (!std::isfinite(value)) continue;
    summary += Bytes(1, Bytes(1, tag) + Float(2, static_cast<float>(value)));
  }
  file_.Append(Record(Double(1, TimeOfDay()) + Key(2, WireType::kVarint) +
                      Varint(static_cast<std::uint64_t>(step)) + Bytes(5, summary)));
}

TensorboardFile::Scalars ScalarsOf(const std::vector<std::string>& columns,
                                   const std::vector<std::string>& cells) {
  DYNA_CHECK(columns.size() == cells.size());
  TensorboardFile::Scalars scalars;
  for (std::size_t i = 1; i < columns.size(); ++i) {
    scalars.emplace_back(TagOf(columns[i]), std::strtod(cells[i].c_str(), nullptr));
  }
  return scalars;
}

}  // namespace dyna
