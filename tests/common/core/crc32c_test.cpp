#include "common/core/crc32c.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "common/core/rng.hpp"

namespace dyna {
namespace {

std::uint32_t Of(std::string_view text) {
  return Crc32c(std::as_bytes(std::span(text.data(), text.size())));
}

/// The definition, bit by bit.
std::uint32_t Slow(std::span<const std::byte> bytes) {
  std::uint32_t crc = ~0U;
  for (const std::byte byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
  }
  return ~crc;
}

TEST(Crc32cTest, MatchesThePublishedVectors) {
  EXPECT_EQ(Of("123456789"), 0xE3069283U);  // the check value of the CRC catalogue
  EXPECT_EQ(Of(""), 0U);
  EXPECT_EQ(Crc32c(std::vector<std::byte>(32, std::byte{0})), 0x8A9136AAU);     // RFC 3720 B.4
  EXPECT_EQ(Crc32c(std::vector<std::byte>(32, std::byte{0xFF})), 0x62A8AB43U);  // RFC 3720 B.4
}

TEST(Crc32cTest, EqualsTheBitwiseDefinitionAtEveryLength) {
  Rng rng(1, "crc");
  std::vector<std::byte> bytes;
  for (int size = 0; size < 100; ++size) {
    EXPECT_EQ(Crc32c(bytes), Slow(bytes)) << size;
    EXPECT_EQ(~detail::FoldByTables(bytes, ~0U), Slow(bytes)) << size;
    bytes.push_back(static_cast<std::byte>(rng()));
  }
}

TEST(Crc32cTest, OfPiecesEqualsThatOfTheWholeWhereverItIsCut) {
  Rng rng(2, "crc");
  std::vector<std::byte> bytes(50);
  for (auto& byte : bytes) byte = static_cast<std::byte>(rng());
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const auto whole = std::span<const std::byte>(bytes);
    EXPECT_EQ(Crc32c(whole.subspan(cut), Crc32c(whole.first(cut))), Slow(bytes)) << cut;
  }
}

}  // namespace
}  // namespace dyna
