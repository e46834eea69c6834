#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dyna {

/// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78; RFC 3720 appendix B.4).
/// `before` is the CRC of what precedes `bytes`, so that pieces need not lie together:
/// Crc32c(b, Crc32c(a)) is the CRC of a followed by b.
std::uint32_t Crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0);

namespace detail {
/// What Crc32c does where the processor has no instruction for it; for its test.
/// Neither `crc` nor the result is inverted.
std::uint32_t FoldByTables(std::span<const std::byte> bytes, std::uint32_t crc);
}  // namespace detail

}  // namespace dyna
