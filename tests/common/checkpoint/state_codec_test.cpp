#include "common/checkpoint/state_codec.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "common/core/crc32c.hpp"
#include "common/core/rng.hpp"

namespace dyna {
namespace {

StateDict Example() {
  StateDict state;
  state.Put("b/matrix", std::vector<float>{1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F}, {2, 3});
  state.PutScalar<std::uint64_t>("a", 42);
  state.Put("empty", std::vector<double>{});
  state.PutString("text", "hello");
  return state;
}

/// Puts a right checksum over a changed payload, to reach the checks behind it.
void FixChecksum(std::vector<std::byte>& bytes) {
  const std::uint32_t crc = Crc32c(std::span(bytes).subspan(24));
  std::memcpy(bytes.data() + 12, &crc, 4);
}

TEST(StateCodecTest, DecodesWhatItEncodes) {
  const auto decoded = DecodeState(EncodeState(Example()));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded.value(), Example());
  EXPECT_EQ(DecodeState(EncodeState(StateDict())).value(), StateDict());
}

TEST(StateCodecTest, EveryTruncationIsRefused) {
  const auto bytes = EncodeState(Example());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeState(std::span(bytes).first(size)).ok()) << size;
  }
}

TEST(StateCodecTest, EveryFlippedBitIsRefused) {
  const auto bytes = EncodeState(Example());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(DecodeState(flipped).ok()) << "bit " << bit;
  }
}

TEST(StateCodecTest, TrailingBytesAreRefused) {
  auto bytes = EncodeState(Example());
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(DecodeState(bytes).ok());
}

TEST(StateCodecTest, AnotherFormatIsAVersionMismatch) {
  auto bytes = EncodeState(Example());
  bytes[8] = std::byte{2};
  ASSERT_FALSE(DecodeState(bytes).ok());
  EXPECT_EQ(DecodeState(bytes).error().code, ErrorCode::kVersionMismatch);
}

TEST(StateCodecTest, HostileCountsBehindARightChecksumAreRefused) {
  // Every byte of the payload set to 0xFF in turn: sizes and counts become absurd.
  const auto bytes = EncodeState(Example());
  for (std::size_t i = 24; i < bytes.size(); ++i) {
    for (std::size_t width : {1U, 4U, 8U}) {
      auto hostile = bytes;
      for (std::size_t k = i; k < std::min(i + width, bytes.size()); ++k) {
        hostile[k] = std::byte{0xFF};
      }
      FixChecksum(hostile);
      const auto decoded = DecodeState(hostile);  // data bytes may differ; no crash, no huge alloc
      EXPECT_TRUE(!decoded.ok() || decoded.value().arrays().size() <= 4U);
    }
  }
}

/// A payload with one byte value for each name.
std::vector<std::byte> StateOfNames(const std::string& names) {
  std::vector<std::byte> bytes = EncodeState({});
  bytes[24] = static_cast<std::byte>(names.size());
  for (const char name : names) {
    StateDict one;
    one.Put(std::string(1, name), std::vector<std::uint8_t>{1});
    const auto encoded = EncodeState(one);
    bytes.insert(bytes.end(), encoded.begin() + 32, encoded.end());
  }
  const std::uint64_t payload_bytes = bytes.size() - 24;
  std::memcpy(bytes.data() + 16, &payload_bytes, sizeof payload_bytes);
  FixChecksum(bytes);
  return bytes;
}

TEST(StateCodecTest, NamesOutOfOrderOrTwiceAreRefused) {
  EXPECT_TRUE(DecodeState(StateOfNames("abc")).ok());
  EXPECT_FALSE(DecodeState(StateOfNames("acb")).ok());
  EXPECT_FALSE(DecodeState(StateOfNames("aab")).ok());
}

TEST(StateCodecTest, RandomBytesNeverDecode) {
  Rng rng(7, "codec");
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::byte> bytes(rng.Below(200));
    for (auto& byte : bytes) byte = static_cast<std::byte>(rng());
    EXPECT_FALSE(DecodeState(bytes).ok());
  }
}

}  // namespace
}  // namespace dyna
