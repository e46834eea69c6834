#include "common/core/crc32c.hpp"

#include <array>
#include <cstring>

namespace dyna {
namespace {

constexpr std::size_t kSlices = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

/// tables[k][b]: the CRC of byte b followed by k zero bytes, so that eight bytes are folded
/// with eight look-ups ("slicing by 8").
constexpr Tables MakeTables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < kSlices; ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t previous = tables[k - 1][byte];
      tables[k][byte] = (previous >> 8) ^ tables[0][previous & 0xFFU];
    }
  }
  return tables;
}

constexpr Tables kTables = MakeTables();

// The same with the instruction that x86 has for it, about eight times as fast.
#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t FoldByInstruction(std::span<const std::byte> bytes,
                                                                  std::uint32_t crc) {
  std::uint64_t wide = crc;
  std::size_t i = 0;
  for (; i + sizeof(std::uint64_t) <= bytes.size(); i += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, sizeof(word));
    wide = __builtin_ia32_crc32di(wide, word);
  }
  crc = static_cast<std::uint32_t>(wide);
  for (; i < bytes.size(); ++i) {
    crc = __builtin_ia32_crc32qi(crc, static_cast<unsigned char>(bytes[i]));
  }
  return crc;
}
#endif

}  // namespace

namespace detail {

std::uint32_t FoldByTables(std::span<const std::byte> bytes, std::uint32_t crc) {
  std::size_t i = 0;
  for (; i + kSlices <= bytes.size(); i += kSlices) {
    std::uint32_t next = 0;
    for (std::size_t k = 0; k < kSlices; ++k) {
      auto byte = static_cast<std::uint32_t>(bytes[i + k]);
      if (k < 4) byte ^= (crc >> (8 * k)) & 0xFFU;
      next ^= kTables[kSlices - 1 - k][byte];
    }
    crc = next;
  }
  for (; i < bytes.size(); ++i) {
    crc = (crc >> 8) ^ kTables[0][(crc ^ static_cast<std::uint32_t>(bytes[i])) & 0xFFU];
  }
  return crc;
}

}  // namespace detail

std::uint32_t Crc32c(std::span<const std::byte> bytes, std::uint32_t before) {
#if defined(__x86_64__)
  static const bool kInstruction = __builtin_cpu_supports("sse4.2") != 0;
  if (kInstruction) return ~FoldByInstruction(bytes, ~before);
#endif
  return ~detail::FoldByTables(bytes, ~before);
}

}  // namespace dyna
