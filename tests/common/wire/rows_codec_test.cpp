#include "common/wire/rows_codec.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/common/wire/wire_testing.hpp"

namespace dyna::wire {
namespace {

constexpr TransitionShape kShape = {.obs_columns = 3, .action_columns = 2};

TEST(RowsCodecTest, DecodesWhatItEncodesForAnyShape) {
  for (const std::int64_t rows : {0, 1, 7}) {
    for (const std::int64_t obs : {0, 1, 17}) {
      for (const std::int64_t action : {0, 1, 6}) {
        const TransitionShape shape = {obs, action};
        const auto batch = CountingRows(rows, shape);
        const Bytes bytes = EncodeRows(batch);
        EXPECT_EQ(bytes.size(), static_cast<std::size_t>(rows * (4 * (2 * obs + action + 3) + 36)));
        const auto decoded = DecodeRows(bytes, rows, shape);
        ASSERT_TRUE(decoded.ok());
        EXPECT_TRUE(Same(decoded.value(), batch));
      }
    }
  }
}

TEST(RowsCodecTest, ColumnsLieInTheDocumentedOrder) {
  const auto batch = CountingRows(2, kShape);
  const Bytes bytes = EncodeRows(batch);
  const auto number = [&](std::size_t at) { return LoadAt<float>(bytes.data() + 4 * at); };
  EXPECT_EQ(number(5), batch.obs(1, 2));        // obs: floats 0..5
  EXPECT_EQ(number(6), batch.action(0, 0));     // action: 6..9
  EXPECT_EQ(number(11), batch.reward[1]);       // reward: 10..11
  EXPECT_EQ(number(12), batch.next_obs(0, 0));  // next_obs: 12..17
  EXPECT_EQ(number(18), batch.terminated[0]);
  EXPECT_EQ(number(21), batch.truncated[1]);
  const std::byte* const integers = bytes.data() + std::size_t{22} * 4;
  EXPECT_EQ(LoadAt<std::uint64_t>(integers + 8), batch.provenance[1].episode);
  EXPECT_EQ(LoadAt<std::uint64_t>(integers + 16), batch.provenance[0].policy_version);
  EXPECT_EQ(LoadAt<std::uint64_t>(integers + 32), batch.provenance[0].model_version);
  EXPECT_EQ(LoadAt<std::uint32_t>(integers + 48), batch.provenance[0].producer);
  EXPECT_EQ(LoadAt<std::uint32_t>(integers + 56), batch.provenance[0].step);
  EXPECT_EQ(LoadAt<std::uint32_t>(integers + 68), batch.provenance[1].rollout_depth);
}

TEST(RowsCodecTest, AnyOtherLengthIsRefused) {
  Bytes bytes = EncodeRows(CountingRows(3, kShape));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeRows(ByteView(bytes).first(size), 3, kShape).ok()) << size;
  }
  EXPECT_FALSE(DecodeRows(bytes, 2, kShape).ok());
  EXPECT_FALSE(DecodeRows(bytes, kRowsMax, {kColumnsMax, kColumnsMax}).ok());
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(DecodeRows(bytes, 3, kShape).ok());
}

TEST(RowsCodecTest, FlagsOtherThan0And1AreRefused) {
  for (const float flag : {0.5F, -1.0F, 2.0F, std::numeric_limits<float>::quiet_NaN()}) {
    auto batch = CountingRows(4, kShape);
    batch.terminated[3] = flag;
    EXPECT_FALSE(DecodeRows(EncodeRows(batch), 4, kShape).ok()) << flag;
    batch = CountingRows(4, kShape);
    batch.truncated[0] = flag;
    EXPECT_FALSE(DecodeRows(EncodeRows(batch), 4, kShape).ok()) << flag;
  }
}

TEST(RowsCodecTest, NonFiniteRealsArriveSoThatTheTableCanNameTheRow) {
  auto batch = CountingRows(2, kShape);
  batch.reward[1] = std::numeric_limits<float>::infinity();
  const auto decoded = DecodeRows(EncodeRows(batch), 2, kShape);
  ASSERT_TRUE(decoded.ok());
  EXPECT_FALSE(decoded.value().RowFinite(1));
}

}  // namespace
}  // namespace dyna::wire
