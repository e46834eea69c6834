#include "common/wire/message_codec.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <set>
#include <string>

#include "tests/common/wire/example_messages.hpp"

namespace dyna::wire {
namespace {

constexpr std::uint64_t kPayloadMax = 100'000;

Bytes Joined(Bytes head, const Bytes& payload) {
  head.insert(head.end(), payload.begin(), payload.end());
  return head;
}

/// The bytes that version 1 of the format has for a message; FORMAT.md was their only source.
Bytes Golden(std::string_view name) {
  std::ifstream in(std::string(DYNA_TEST_DATA) + "/wire/v1/" + std::string(name) + ".bin",
                   std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const ByteView bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// Cuts joined bytes into frames, as far as they can be.
Result<Frames> Open(ByteView bytes) {
  const auto envelope = DecodeEnvelope(bytes);
  if (!envelope.ok()) return envelope.error();
  const std::size_t head_bytes = kEnvelopeBytes + envelope.value().header_bytes;
  std::vector<ByteView> frames = {bytes.first(head_bytes)};
  const auto type = static_cast<std::uint16_t>(envelope.value().type);
  if (FindMessageInfo(type)->has_payload) {
    frames.push_back(bytes.subspan(head_bytes));
  }
  return OpenFrames(frames, kPayloadMax);
}

TEST(MessageCodecTest, EncodesToTheGoldenBytesAndDecodesThem) {
  std::set<MessageType> seen;
  ForEachExample([&]<class M>(const M& message, const Bytes& payload) {
    SCOPED_TRACE(std::string(Name(M::kType)));
    seen.insert(M::kType);
    const Bytes golden = Golden(Name(M::kType));
    EXPECT_EQ(Joined(HeadOf(message, kExampleRequest, payload), payload), golden);
    ASSERT_GE(golden.size(), kEnvelopeBytes);
    const auto frames = Open(golden);
    ASSERT_TRUE(frames.ok()) << frames.error().message;
    EXPECT_EQ(frames.value().envelope.request_id, kExampleRequest);
    const auto decoded = Decode<M>(frames.value());
    ASSERT_TRUE(decoded.ok()) << decoded.error().message;
    EXPECT_EQ(decoded.value(), message);
  });
  for (std::uint16_t type = 0; type < 1000; ++type) {
    const MessageInfo* const info = FindMessageInfo(type);
    EXPECT_TRUE(info == nullptr || seen.contains(info->type)) << type << " has no example";
  }
}

TEST(MessageCodecTest, TruncatedOrLongerHeadersAreRefused) {
  ForEachExample([]<class M>(const M& message, const Bytes& /*payload*/) {
    SCOPED_TRACE(std::string(Name(M::kType)));
    Bytes header = HeaderOf(message);
    for (std::size_t size = 0; size < header.size(); ++size) {
      const auto decoded = DecodeHeader<M>(ByteView(header).first(size));
      ASSERT_FALSE(decoded.ok()) << size;
      EXPECT_EQ(decoded.error().code, ErrorCode::kMalformed);
    }
    header.push_back(std::byte{0});
    EXPECT_FALSE(DecodeHeader<M>(header).ok());
  });
}

TEST(MessageCodecTest, AMessageOfAnotherTypeIsRefusedNamingBoth) {
  const Bytes golden = Golden("Grant");
  const auto decoded = Decode<Hello>(Open(golden).value());
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().message, "Grant where Hello was expected");
}

/// `message`'s header with the byte at `at` replaced.
template <class M>
Result<M> WithByte(const M& message, std::size_t at, int value) {
  Bytes header = HeaderOf(message);
  header.at(at) = static_cast<std::byte>(value);
  return DecodeHeader<M>(header);
}

TEST(MessageCodecTest, EnumsAndFlagsOutsideTheirValuesAreRefused) {
  const Refusal refusal = {.code = ErrorCode::kTimeout};
  EXPECT_TRUE(WithByte(refusal, 0, 5).ok());
  EXPECT_FALSE(WithByte(refusal, 0, 6).ok());
  const Report report = {.role = Role::kLearner};
  EXPECT_TRUE(WithByte(report, 0, 1).ok());
  EXPECT_FALSE(WithByte(report, 0, 0).ok());
  EXPECT_FALSE(WithByte(report, 0, 7).ok());
  const Append append = {.table = "t", .rows = 1};
  EXPECT_TRUE(WithByte(append, 31, 1).ok());  // level, the last byte
  EXPECT_FALSE(WithByte(append, 31, 2).ok());
  const Sample sample = {.table = "t", .rows = 1, .batches = 1};
  EXPECT_TRUE(WithByte(sample, 19, 1).ok());  // prioritized
  EXPECT_FALSE(WithByte(sample, 19, 2).ok());
  EXPECT_FALSE(WithByte(sample, 28, 255).ok());  // limited
}

TEST(MessageCodecTest, NumbersOutsideTheirRangeAreRefused) {
  const Sample sample = {.table = "t", .rows = 1, .batches = 1};
  EXPECT_FALSE(WithByte(sample, 3, 0).ok());      // rows = 0
  EXPECT_FALSE(WithByte(sample, 10, 255).ok());   // rows < 0
  EXPECT_FALSE(WithByte(sample, 12, 5).ok());     // batches = 1281
  EXPECT_FALSE(WithByte(sample, 27, 0xBF).ok());  // beta < 0
  Bytes header = HeaderOf(sample);
  StoreAt(header.data() + 20, std::numeric_limits<double>::quiet_NaN());
  EXPECT_FALSE(DecodeHeader<Sample>(header).ok());
  StoreAt(header.data() + 20, std::numeric_limits<double>::infinity());
  EXPECT_FALSE(DecodeHeader<Sample>(header).ok());
}

TEST(MessageCodecTest, AScalarOfAReportMayBeNaNButAReturnMayNot) {
  const Report report = {.scalars = {{"x", std::numeric_limits<double>::quiet_NaN()}}};
  EXPECT_TRUE(DecodeHeader<Report>(HeaderOf(report)).ok());
  const EvaluationReport evaluation = {.episodes = {{1.0, 1}}};
  Bytes header = HeaderOf(evaluation);
  StoreAt(header.data() + header.size() - 16, std::numeric_limits<double>::quiet_NaN());
  EXPECT_FALSE(DecodeHeader<EvaluationReport>(header).ok());
}

TEST(MessageCodecTest, TextThatIsTooLongOrHasControlCharactersIsRefused) {
  Bytes header = HeaderOf(Counters{.table = std::string(kNameBytesMax, 'x')});
  EXPECT_TRUE(DecodeHeader<Counters>(header).ok());
  StoreAt(header.data(), static_cast<std::uint16_t>(kNameBytesMax + 1));
  header.push_back(std::byte{'x'});
  EXPECT_FALSE(DecodeHeader<Counters>(header).ok());
  EXPECT_FALSE(WithByte(Counters{.table = "real"}, 3, '\n').ok());
  EXPECT_TRUE(DecodeHeader<Counters>(HeaderOf(Counters{.table = "r\xC3\xA9"
                                                                "el"}))
                  .ok());
}

TEST(MessageCodecTest, TheLongestListsFitTheirHeaderLimits) {
  const std::string name(kNameBytesMax, 'n');
  Identity identity = ExampleIdentity(Role::kReplay, name.c_str());
  identity.run = identity.environment = name;
  Welcome welcome = {.server = identity};
  welcome.tables.resize(Welcome::kTablesMax, {name, ExampleState()});
  Report report = {.instance = name};
  report.scalars.resize(Report::kScalarsMax, {name, 1.0});
  EpisodeReport episodes = {.instance = name};
  episodes.episodes.resize(EpisodeReport::kEpisodesMax);
  EvaluationReport evaluation = {.instance = name};
  evaluation.episodes.resize(EvaluationReport::kEpisodesMax);
  const Refusal refusal = {.message = std::string(Refusal::kMessageBytesMax, 'm')};
  const auto round_trip = []<class M>(const M& message) {
    const Bytes head = HeadOf(message, 1);  // aborts if the header is too long for its type
    EXPECT_EQ(DecodeHeader<M>(ByteView(head).subspan(kEnvelopeBytes)).value(), message);
  };
  round_trip(welcome);
  round_trip(report);
  round_trip(episodes);
  round_trip(evaluation);
  round_trip(refusal);
}

TEST(MessageCodecTest, AnyErrorBecomesARefusalThatEncodes) {
  const Error error = {ErrorCode::kBackpressure, "two\nlines " + std::string(5000, 'x')};
  const Refusal refusal = RefusalOf(error);
  EXPECT_EQ(refusal.message.substr(0, 10), "two lines ");
  EXPECT_TRUE(refusal.message.ends_with("x..."));
  EXPECT_EQ(DecodeHeader<Refusal>(HeaderOf(refusal)).value(), refusal);
}

TEST(MessageCodecDeathTest, AFieldBeyondItsBoundIsOurBug) {
  EXPECT_DEATH(HeaderOf(Counters{.table = std::string(kNameBytesMax + 1, 'x')}), "xxx");
  EXPECT_DEATH(HeaderOf(SetCapacity{.table = "real", .capacity = 0}), "field.low");
}

}  // namespace
}  // namespace dyna::wire
