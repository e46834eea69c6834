#include "common/wire/envelope.hpp"

#include <gtest/gtest.h>

#include "tests/common/wire/wire_testing.hpp"

namespace dyna::wire {
namespace {

constexpr std::uint64_t kPayloadMax = 1000;

/// A message that is right, in parts.
struct Example {
  explicit Example(MessageType type = MessageType::kAppend) {
    Rng rng(3, "envelope");
    header = RandomBytes(rng, 20);
    if (type == MessageType::kAppend) payload = RandomBytes(rng, 60);
    const auto bytes = EncodeEnvelope(type, 77, header, payload);
    envelope.assign(bytes.begin(), bytes.end());
  }
  Result<Frames> Open(std::uint64_t payload_max = kPayloadMax) {
    head = envelope;
    head.insert(head.end(), header.begin(), header.end());
    return OpenFrames(std::vector<ByteView>{head, payload}, payload_max);
  }
  Bytes envelope = {};
  Bytes head = {};  ///< what Open() opened last
  Bytes header = {};
  Bytes payload = {};
};

TEST(EnvelopeTest, OpensWhatItEncodes) {
  Example example;
  const auto opened = example.Open();
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened.value().envelope.type, MessageType::kAppend);
  EXPECT_EQ(opened.value().envelope.request_id, 77U);
  EXPECT_EQ(opened.value().header.data(), example.head.data() + kEnvelopeBytes);
  EXPECT_EQ(opened.value().payload.data(), example.payload.data());
}

TEST(EnvelopeTest, EveryFlippedBitOfAnyPartIsRefused) {
  Example example;
  for (Bytes* frame : {&example.envelope, &example.header, &example.payload}) {
    for (std::size_t bit = 0; bit < frame->size() * 8; ++bit) {
      const auto mask = static_cast<std::byte>(1U << (bit % 8));
      (*frame)[bit / 8] ^= mask;
      EXPECT_FALSE(example.Open().ok()) << "bit " << bit;
      (*frame)[bit / 8] ^= mask;
    }
  }
  EXPECT_TRUE(example.Open().ok());
}

TEST(EnvelopeTest, PartsOfAnotherLengthAreRefused) {
  for (Bytes Example::*frame : {&Example::envelope, &Example::header, &Example::payload}) {
    Example longer;
    (longer.*frame).push_back(std::byte{0});
    EXPECT_FALSE(longer.Open().ok());
    Example shorter;
    (shorter.*frame).pop_back();
    EXPECT_FALSE(shorter.Open().ok());
  }
}

TEST(EnvelopeTest, AnotherNumberOfFramesIsRefused) {
  Example append;
  Example grant(MessageType::kGrant);
  EXPECT_TRUE(append.Open().ok());
  EXPECT_FALSE(grant.Open().ok());
  const auto open = [](std::vector<ByteView> frames) { return OpenFrames(frames, kPayloadMax); };
  EXPECT_FALSE(open({}).ok());
  EXPECT_FALSE(open({append.envelope}).ok());
  EXPECT_FALSE(open({append.head}).ok());
  EXPECT_FALSE(open({append.head, append.payload, append.payload}).ok());
  EXPECT_FALSE(open({append.envelope, append.header, append.payload}).ok());
  EXPECT_TRUE(open({append.head, append.payload}).ok());
  EXPECT_TRUE(open({grant.head}).ok());
}

TEST(EnvelopeTest, AnotherProtocolIsNamedTogetherWithOurs) {
  Example example;
  example.envelope[4] = std::byte{9};
  const auto opened = example.Open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kVersionMismatch);
  EXPECT_NE(opened.error().message.find("protocol 9"), std::string::npos);
  EXPECT_NE(opened.error().message.find("protocol 1"), std::string::npos);
}

TEST(EnvelopeTest, JunkAndUnknownTypesAreMalformed) {
  Example junk;
  junk.envelope[0] = std::byte{'X'};
  EXPECT_EQ(junk.Open().error().code, ErrorCode::kMalformed);
  Example unknown;
  unknown.envelope[6] = std::byte{200};
  EXPECT_NE(unknown.Open().error().message.find("type 200"), std::string::npos);
}

TEST(EnvelopeTest, PayloadsOverTheReceiversLimitAreRefused) {
  Example example;
  EXPECT_TRUE(example.Open(60).ok());
  EXPECT_FALSE(example.Open(59).ok());
}

TEST(EnvelopeTest, HeadersOverTheirTypesLimitAreRefusedByTheEnvelopeAlone) {
  Example example;
  StoreAt(example.envelope.data() + 16, std::uint32_t{4097});
  EXPECT_FALSE(DecodeEnvelope(example.envelope).ok());
  StoreAt(example.envelope.data() + 16, std::uint32_t{4096});
  EXPECT_TRUE(DecodeEnvelope(example.envelope).ok());
}

TEST(EnvelopeDeathTest, APayloadWhereTheTypeHasNoneIsOurBug) {
  const Bytes payload(1);
  EXPECT_DEATH(EncodeEnvelope(MessageType::kOk, 1, {}, payload), "Ok has no payload");
}

}  // namespace
}  // namespace dyna::wire
