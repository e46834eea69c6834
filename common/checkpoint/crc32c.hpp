#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dyna {

/// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78; RFC 3720 appendix B.4).
std::uint32_t Crc32c(std::span<const std::byte> bytes);

}  // namespace dyna
