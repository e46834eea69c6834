#include "common/wire/samples_codec.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/common/wire/example_messages.hpp"

namespace dyna::wire {
namespace {

SampleReply ReplyFor(bool weighted) { return {.rows = 2, .batches = 2, .weighted = weighted}; }

TEST(SamplesCodecTest, DecodesTheBatchesItEncodes) {
  for (const bool weighted : {false, true}) {
    const auto batches = ExampleSamples();
    const Bytes bytes = EncodeSamples(batches, weighted);
    const auto decoded = DecodeSamples(ReplyFor(weighted), bytes, kExampleShape);
    ASSERT_TRUE(decoded.ok()) << decoded.error().message;
    ASSERT_EQ(decoded.value().size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_TRUE(Same(decoded.value()[i].rows, batches[i].rows));
      EXPECT_EQ(decoded.value()[i].ids, batches[i].ids);
      const FloatVector ones = FloatVector::Ones(2);
      EXPECT_EQ(decoded.value()[i].weights, weighted ? batches[i].weights : ones);
    }
  }
}

TEST(SamplesCodecTest, AnyOtherLengthIsRefused) {
  Bytes bytes = EncodeSamples(ExampleSamples(), true);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeSamples(ReplyFor(true), ByteView(bytes).first(size), kExampleShape).ok());
  }
  EXPECT_FALSE(DecodeSamples(ReplyFor(false), bytes, kExampleShape).ok());
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(DecodeSamples(ReplyFor(true), bytes, kExampleShape).ok());
}

TEST(SamplesCodecTest, WeightsThatAreNotFiniteAreRefused) {
  auto batches = ExampleSamples();
  batches[1].weights[0] = std::numeric_limits<float>::quiet_NaN();
  const Bytes bytes = EncodeSamples(batches, true);
  EXPECT_FALSE(DecodeSamples(ReplyFor(true), bytes, kExampleShape).ok());
}

TEST(SamplesCodecTest, PrioritiesComeBackAndBadOnesAreRefused) {
  const UpdatePriorities message = {.table = "real", .count = 2};
  const Priorities good = {.ids = {81, 82}, .values = {0.0, 2.5}};
  const auto decoded = DecodePriorities(message, EncodePriorities(good));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded.value(), good);
  for (const double bad :
       {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    const Priorities wrong = {.ids = {81, 82}, .values = {1.0, bad}};
    EXPECT_FALSE(DecodePriorities(message, EncodePriorities(wrong)).ok()) << bad;
  }
  const Bytes bytes = EncodePriorities(good);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodePriorities(message, ByteView(bytes).first(size)).ok()) << size;
  }
}

}  // namespace
}  // namespace dyna::wire
