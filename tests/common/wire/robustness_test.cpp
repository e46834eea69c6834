#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/common/wire/example_messages.hpp"
#include "tests/support/allocation_count.hpp"

namespace dyna::wire {
namespace {

constexpr int kRounds = 3000;
constexpr std::uint64_t kPayloadMax = 1'000'000;

/// What a decoder may take through `new` for an input of `bytes`: items in memory are larger than
/// on the wire and vectors grow by doubling, but no announced count may show.
std::int64_t AllocationMax(std::size_t bytes) {
  return static_cast<std::int64_t>(bytes) * 16 + 4096;
}

/// `valid` with a few bytes changed, set to a hostile value, cut off, repeated or appended; at
/// times nothing but noise.
Bytes Mutated(Rng& rng, const Bytes& valid) {
  if (rng.Below(10) == 0) return RandomBytes(rng, rng.Below(valid.size() + 20));
  Bytes bytes = valid;
  const std::uint64_t edits = 1 + rng.Below(3);
  for (std::uint64_t edit = 0; edit < edits && !bytes.empty(); ++edit) {
    const std::size_t at = rng.Below(bytes.size());
    switch (rng.Below(6)) {
      case 0:
        bytes[at] ^= static_cast<std::byte>(1U << rng.Below(8));
        break;
      case 1:
        bytes[at] = static_cast<std::byte>(rng());
        break;
      case 2:  // a count or size of 2^k - 1
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    std::min<std::size_t>(1 + rng.Below(8), bytes.size() - at), std::byte{0xFF});
        break;
      case 3:
        bytes[at] = std::byte{0};
        break;
      case 4:
        bytes.resize(at);
        break;
      default: {
        const Bytes more = RandomBytes(rng, 1 + rng.Below(20));
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), more.begin(), more.end());
      }
    }
  }
  return bytes;
}

Bytes Joined(ByteView envelope, ByteView header) {
  Bytes head(envelope.begin(), envelope.end());
  head.insert(head.end(), header.begin(), header.end());
  return head;
}

TEST(RobustnessTest, AHeaderIsRefusedOrIsExactlyWhatItsMessageEncodesTo) {
  ForEachExample([]<class M>(const M& message, const Bytes& /*payload*/) {
    SCOPED_TRACE(std::string(Name(M::kType)));
    const Bytes valid = HeaderOf(message);
    Rng rng(11, "headers", static_cast<std::uint64_t>(M::kType));
    for (int round = 0; round < kRounds; ++round) {
      SCOPED_TRACE(round);
      const Bytes bytes = Mutated(rng, valid);
      const std::int64_t before = testing_support::AllocatedBytes();
      const auto decoded = DecodeHeader<M>(bytes);
      ASSERT_LE(testing_support::AllocatedBytes() - before, AllocationMax(bytes.size()));
      if (decoded.ok()) {
        ASSERT_EQ(HeaderOf(decoded.value()), bytes);
      } else {
        ASSERT_EQ(decoded.error().code, ErrorCode::kMalformed);
      }
    }
  });
}

/// Decodes the payload of a message that has one.
template <class M>
void DecodePayload(const M& message, ByteView payload) {
  if constexpr (std::is_same_v<M, Append> || std::is_same_v<M, ReadReply>) {
    const auto rows = DecodeRows(payload, message.rows, kExampleShape);
    if (rows.ok()) rows.value().CheckConsistent();
  } else if constexpr (std::is_same_v<M, SampleReply>) {
    const auto samples = DecodeSamples(message, payload, kExampleShape);
    if (samples.ok()) {
      ASSERT_EQ(samples.value().size(), static_cast<std::size_t>(message.batches));
    }
  } else if constexpr (std::is_same_v<M, UpdatePriorities>) {
    const auto priorities = DecodePriorities(message, payload);
    if (priorities.ok()) {
      ASSERT_EQ(priorities.value().ids.size(), static_cast<std::size_t>(message.count));
    }
  }
}

TEST(RobustnessTest, ACleverPeersFramesWithARightChecksumNeverCrashADecoder) {
  ForEachExample([]<class M>(const M& message, const Bytes& payload) {
    SCOPED_TRACE(std::string(Name(M::kType)));
    const bool has_payload = FindMessageInfo(static_cast<std::uint16_t>(M::kType))->has_payload;
    const Bytes valid = HeaderOf(message);
    Rng rng(12, "frames", static_cast<std::uint64_t>(M::kType));
    for (int round = 0; round < kRounds; ++round) {
      SCOPED_TRACE(round);
      const Bytes header = valid.empty() || rng.Below(3) == 0 ? valid : Mutated(rng, valid);
      const Bytes body = payload.empty() || rng.Below(3) == 0 ? payload : Mutated(rng, payload);
      const auto envelope = EncodeEnvelope(M::kType, 1, header, body);
      const Bytes head = Joined(envelope, header);
      std::vector<ByteView> frames = {head};
      if (has_payload) frames.emplace_back(body);
      const std::int64_t before = testing_support::AllocatedBytes();
      const auto opened = OpenFrames(frames, kPayloadMax);
      ASSERT_TRUE(opened.ok());
      const auto decoded = Decode<M>(opened.value());
      if (decoded.ok()) DecodePayload(decoded.value(), opened.value().payload);
      ASSERT_LE(testing_support::AllocatedBytes() - before,
                AllocationMax(header.size() + body.size()));
    }
  });
}

TEST(RobustnessTest, MutatedEnvelopesAreRefused) {
  ForEachExample([]<class M>(const M& message, const Bytes& payload) {
    SCOPED_TRACE(std::string(Name(M::kType)));
    const Bytes header = HeaderOf(message);
    const auto envelope = EncodeEnvelope(M::kType, 5, header, payload);
    const Bytes valid(envelope.begin(), envelope.end());
    Rng rng(13, "envelopes", static_cast<std::uint64_t>(M::kType));
    for (int round = 0; round < kRounds; ++round) {
      SCOPED_TRACE(round);
      const Bytes mutated = Mutated(rng, valid);
      if (mutated == valid) continue;
      const Bytes head = Joined(mutated, header);
      std::vector<ByteView> frames = {head, payload};
      frames.resize(rng.Below(3));
      const std::int64_t before = testing_support::AllocatedBytes();
      ASSERT_FALSE(OpenFrames(frames, kPayloadMax).ok());
      ASSERT_LE(testing_support::AllocatedBytes() - before, 1024);
    }
  });
}

TEST(RobustnessTest, AnnouncedCountsOfAnySizeCostNothing) {
  Bytes header = HeaderOf(Report{.role = Role::kActor, .instance = "a"});
  for (const std::uint32_t count : {256U, 257U, 1U << 28U, 0xFFFFFFFFU}) {
    StoreAt(header.data() + header.size() - 4, count);
    const std::int64_t before = testing_support::AllocatedBytes();
    EXPECT_FALSE(DecodeHeader<Report>(header).ok()) << count;
    EXPECT_LE(testing_support::AllocatedBytes() - before, 1024) << count;
  }
}

// Found by fuzzing: each name was held twice, and room for one more than the bytes could hold
// doubled it again.
TEST(RobustnessTest, EmptyNamesAreHeldOnce) {
  Environment message;
  message.spec.observation = message.spec.action = Space::Discrete(1);
  message.spec.state_names.resize(1500);
  Bytes header = HeaderOf(message);
  for (const bool cut : {false, true}) {
    if (cut) header.resize(header.size() - 1000);
    const std::int64_t before = testing_support::AllocatedBytes();
    EXPECT_EQ(DecodeHeader<Environment>(header).ok(), !cut);
    EXPECT_LE(testing_support::AllocatedBytes() - before, AllocationMax(header.size())) << cut;
  }
}

}  // namespace
}  // namespace dyna::wire
