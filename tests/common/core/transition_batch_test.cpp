#include "common/core/transition_batch.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace dyna {
namespace {

/// Every entry different, so that a column or row mixed up shows.
TransitionBatch Numbered(std::int64_t rows, TransitionShape shape, float first) {
  TransitionBatch batch = TransitionBatch::Zeros(rows, shape);
  float next = first;
  for (std::int64_t i = 0; i < rows; ++i) {
    for (auto& x : batch.obs.row(i)) x = next++;
    for (auto& x : batch.action.row(i)) x = next++;
    for (auto& x : batch.next_obs.row(i)) x = next++;
    batch.reward[i] = next++;
    batch.terminated[i] = next++;
    batch.truncated[i] = next++;
    const auto id = static_cast<std::uint32_t>(next++);
    batch.provenance[static_cast<std::size_t>(i)] = {.episode = id,
                                                     .policy_version = id + 1,
                                                     .model_version = id + 2,
                                                     .producer = id + 3,
                                                     .step = id + 4,
                                                     .rollout_depth = id + 5};
  }
  return batch;
}

TEST(TransitionBatchTest, ZerosHasEveryColumnOfItsShape) {
  const TransitionBatch batch = TransitionBatch::Zeros(4, {3, 2});
  batch.CheckConsistent();
  EXPECT_EQ(batch.size(), 4);
  EXPECT_EQ(batch.shape(), (TransitionShape{3, 2}));
  EXPECT_EQ(batch.next_obs.cols(), 3);
  EXPECT_EQ(batch.obs.norm() + batch.action.norm() + batch.reward.norm(), 0.0F);
}

TEST(TransitionBatchTest, RowsAreContiguousFloats) {
  const TransitionBatch batch = Numbered(2, {3, 1}, 0.0F);
  EXPECT_EQ(batch.obs.data()[3], batch.obs(1, 0));
}

TEST(TransitionBatchTest, SetRowCopiesEveryColumnAndNoOtherRow) {
  const TransitionShape shape = {3, 2};
  const TransitionBatch source = Numbered(3, shape, 1000.0F);
  const TransitionBatch before = Numbered(4, shape, 0.0F);
  TransitionBatch batch = before;
  batch.SetRow(2, source, 1);
  for (std::int64_t i = 0; i < 4; ++i) {
    SCOPED_TRACE(testing::Message() << "row=" << i);
    const TransitionBatch& expected = i == 2 ? source : before;
    const std::int64_t from = i == 2 ? 1 : i;
    EXPECT_EQ(batch.obs.row(i), expected.obs.row(from));
    EXPECT_EQ(batch.action.row(i), expected.action.row(from));
    EXPECT_EQ(batch.next_obs.row(i), expected.next_obs.row(from));
    EXPECT_EQ(batch.reward[i], expected.reward[from]);
    EXPECT_EQ(batch.terminated[i], expected.terminated[from]);
    EXPECT_EQ(batch.truncated[i], expected.truncated[from]);
    EXPECT_EQ(batch.provenance[static_cast<std::size_t>(i)],
              expected.provenance[static_cast<std::size_t>(from)]);
  }
}

TEST(TransitionBatchTest, RowFiniteLooksAtEveryColumnOfItsRowAlone) {
  const TransitionBatch good = Numbered(3, {2, 1}, 0.0F);
  for (const float bad :
       {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
        std::numeric_limits<float>::quiet_NaN()}) {
    for (int column = 0; column < 4; ++column) {
      SCOPED_TRACE(testing::Message() << "column " << column << " is " << bad);
      TransitionBatch batch = good;
      if (column == 0) batch.obs(1, 1) = bad;
      if (column == 1) batch.action(1, 0) = bad;
      if (column == 2) batch.reward[1] = bad;
      if (column == 3) batch.next_obs(1, 0) = bad;
      EXPECT_TRUE(batch.RowFinite(0));
      EXPECT_FALSE(batch.RowFinite(1));
      EXPECT_TRUE(batch.RowFinite(2));
    }
  }
}

TEST(TransitionBatchDeathTest, ColumnsOfDifferentLengthAbort) {
  TransitionBatch batch = TransitionBatch::Zeros(4, {3, 2});
  batch.truncated.resize(3);
  EXPECT_DEATH(batch.CheckConsistent(), "check failed");
  batch = TransitionBatch::Zeros(4, {3, 2});
  batch.provenance.resize(5);
  EXPECT_DEATH(batch.CheckConsistent(), "check failed");
}

}  // namespace
}  // namespace dyna
