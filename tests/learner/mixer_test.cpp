#include "learner/mixer.hpp"

#include <gtest/gtest.h>

#include "tests/support/recording_replay.hpp"

namespace dyna::learner {
namespace {

using testing_support::RecordingReplay;

/// `rows` transitions whose every value is `value`.
TransitionBatch Rows(std::int64_t rows, float value) {
  auto batch = TransitionBatch::Zeros(rows, {2, 1});
  batch.obs.setConstant(value);
  batch.reward.setConstant(value);
  return batch;
}

class MixerTest : public testing::Test {
 protected:
  MixerTest() {
    replay_.rows[kRealTable] = Rows(5, 1.0F);
    replay_.rows[kSyntheticTable] = Rows(5, 2.0F);
  }
  RecordingReplay replay_;
};

TEST_F(MixerTest, TheSplitIsFixedWithRealRowsFirst) {
  Mixer mixer({.batch_size = 256, .real_fraction = 0.05}, replay_);
  EXPECT_EQ(mixer.real_rows(), 12) << "int(256 * 0.05), algorithms.md §1.1";
  const auto batch = std::move(mixer.Sample()).value();
  ASSERT_EQ(batch.rows.size(), 256);
  batch.rows.CheckConsistent();
  EXPECT_EQ(batch.weights.size(), 256);
  EXPECT_EQ(batch.ids.size(), 256U);
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(batch.rows.reward[i], i < 12 ? 1.0F : 2.0F);
    EXPECT_EQ(batch.rows.obs(i, 1), i < 12 ? 1.0F : 2.0F);
  }
}

TEST_F(MixerTest, AFractionOfOneNeverTouchesTheSyntheticTable) {
  Mixer mixer({.batch_size = 8, .real_fraction = 1.0}, replay_);
  EXPECT_EQ(mixer.Sample().value().rows.size(), 8);
  ASSERT_EQ(replay_.requests.size(), 1U);
  EXPECT_EQ(replay_.requests[0].table, kRealTable);
}

TEST_F(MixerTest, AFractionOfZeroIsSyntheticOnly) {
  Mixer mixer({.batch_size = 8, .real_fraction = 0.0}, replay_);
  EXPECT_EQ(mixer.Sample().value().rows.reward.sum(), 16.0F);
  ASSERT_EQ(replay_.requests.size(), 1U);
  EXPECT_EQ(replay_.requests[0].table, kSyntheticTable);
}

TEST_F(MixerTest, BackpressureIsPassedOn) {
  Mixer mixer({.batch_size = 8, .real_fraction = 0.5}, replay_);
  replay_.refuse = true;
  const auto batch = mixer.Sample();
  ASSERT_FALSE(batch.ok());
  EXPECT_EQ(batch.error().code, ErrorCode::kBackpressure);
}

TEST_F(MixerTest, NewRowsComeOnceAndInOrder) {
  for (int i = 0; i < 5; ++i) replay_.rows[kRealTable].reward[i] = static_cast<float>(i);
  Mixer mixer({.batch_size = 1}, replay_);
  EXPECT_EQ(mixer.ReadNew(2).value().reward, (FloatVector(2) << 0, 1).finished());
  StateDict state;
  mixer.Save(state);
  Mixer other({.batch_size = 1}, replay_);
  other.Load(state);
  EXPECT_EQ(other.ReadNew(9).value().reward, (FloatVector(3) << 2, 3, 4).finished());
  EXPECT_EQ(other.ReadNew(9).value().size(), 0);
}

TEST_F(MixerTest, BetaAnnealsToOneAndPrioritiesReachTheRealRows) {
  Mixer mixer({.batch_size = 4,
               .real_fraction = 0.5,
               .prioritized = true,
               .beta_start = 0.4,
               .beta_updates = 2},
              replay_);
  std::vector<double> betas;
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(mixer.Sample().ok());
    betas.push_back(replay_.requests.back().importance_beta);
  }
  EXPECT_DOUBLE_EQ(betas[0], 0.4);
  EXPECT_DOUBLE_EQ(betas[1], 0.7);
  EXPECT_DOUBLE_EQ(betas[3], 1.0);
  ASSERT_TRUE(mixer.UpdatePriorities({0.1, 0.2}).ok());
  EXPECT_EQ(replay_.priorities, (std::vector<double>{0.1, 0.2}));
}

}  // namespace
}  // namespace dyna::learner
