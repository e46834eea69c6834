#include "replay/log/segment_format.hpp"

#include "tests/replay/log/log_testing.hpp"

namespace dyna::replay {
namespace {

// Written by hand from the description in the header; CRC-32C by an independent program.
TEST(SegmentFormatTest, HeaderAndRecordAreTheseBytes) {
  std::vector<std::byte> bytes;
  EncodeSegmentHeader({.schema = 0x0102030405060708, .number = 3, .first_sequence = 258}, bytes);
  EncodeRecord(258, 2, Bytes("abc"), bytes);
  std::string hex;
  for (const std::byte byte : bytes) {
    char text[3];
    std::snprintf(text, sizeof text, "%02x", std::to_integer<unsigned>(byte));
    hex += text;
  }
  EXPECT_EQ(hex,
            "44594e415345470a"  // DYNASEG\n
            "02000000"          // format
            "b27ba747"          // CRC-32C of the next 24 bytes
            "0807060504030201"  // schema
            "0300000000000000"  // number
            "0201000000000000"  // first sequence
            "03000000"          // payload bytes
            "09be3d4e"          // CRC-32C of the rest
            "0201000000000000"  // sequence
            "02000000"          // records before it in its group
            "616263");
}

TEST(SegmentFormatTest, AHeaderIsReadBackAndADamagedOneIsNot) {
  std::vector<std::byte> bytes;
  const SegmentHeader header{.schema = 1, .number = 2, .first_sequence = 3};
  EncodeSegmentHeader(header, bytes);
  ASSERT_EQ(bytes.size(), kSegmentHeaderBytes);
  EXPECT_EQ(DecodeSegmentHeader(bytes).value(), header);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto wrong = bytes;
    wrong[i] ^= std::byte{0x10};
    EXPECT_FALSE(DecodeSegmentHeader(wrong).ok()) << i;
    EXPECT_FALSE(DecodeSegmentHeader(std::span(bytes).first(i)).ok()) << i;
  }
}

// Found by fuzzing: records numbered 2^64 - 1 and then 0.
TEST(SegmentFormatTest, NumbersThatNoLogReachesAreRefused) {
  for (const SegmentHeader& header : {SegmentHeader{.number = ~std::uint64_t{0}},
                                      SegmentHeader{.first_sequence = ~std::uint64_t{0}}}) {
    std::vector<std::byte> bytes;
    EncodeSegmentHeader(header, bytes);
    EXPECT_EQ(DecodeSegmentHeader(bytes).error().code, ErrorCode::kMalformed);
  }
}

TEST(SegmentFormatTest, AnotherFormatIsNamed) {
  std::vector<std::byte> bytes;
  EncodeSegmentHeader({}, bytes);
  bytes[8] = std::byte{9};
  const auto decoded = DecodeSegmentHeader(bytes);
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().code, ErrorCode::kVersionMismatch);
  EXPECT_NE(decoded.error().message.find("format 9"), std::string::npos);
}

TEST(SegmentFormatTest, ARecordThatClaimsToBeHugeAllocatesNothing) {
  std::vector<std::byte> bytes;
  const SegmentHeader header{};
  EncodeSegmentHeader(header, bytes);
  EncodeRecord(0, 0, Bytes("abc"), bytes);
  for (std::size_t i = 0; i < 4; ++i) bytes[kSegmentHeaderBytes + i] = std::byte{0xFF};
  Records records;
  const auto scan = ScanSegment(bytes, header, std::nullopt, Into(records));
  EXPECT_TRUE(records.empty());
  EXPECT_EQ(scan.end, kSegmentHeaderBytes);
  EXPECT_FALSE(scan.damaged);
}

// The loss of power may leave any page of a group that was not synced: only a record that was
// written after the sync proves that something is missing.
TEST(SegmentFormatTest, AHoleInAGroupIsTornAndOneBeforeAnotherGroupIsDamage) {
  const SegmentHeader header{.first_sequence = 5};
  for (const bool later_group : {false, true}) {
    std::vector<std::byte> bytes;
    EncodeSegmentHeader(header, bytes);
    EncodeRecord(5, 0, Bytes("abc"), bytes);
    const std::size_t hole = bytes.size();
    EncodeRecord(6, 1, Bytes("def"), bytes);
    EncodeRecord(7, later_group ? 0 : 2, Bytes("ghi"), bytes);
    for (std::size_t i = hole; i < hole + 20; ++i) bytes[i] = std::byte{0};
    Records records;
    const auto scan = ScanSegment(bytes, header, std::nullopt, Into(records));
    EXPECT_EQ(records.size(), 1U);
    EXPECT_EQ(scan.next_sequence, 6U);
    EXPECT_EQ(scan.damaged, later_group);
  }
}

}  // namespace
}  // namespace dyna::replay
