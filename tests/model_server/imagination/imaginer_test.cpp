#include "model_server/imagination/imaginer.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <array>
#include <limits>
#include <map>
#include <set>

#include "common/nn/policy_weights.hpp"
#include "model_server/dynamics/ensemble.hpp"
#include "model_server/dynamics/mean_head.hpp"
#include "tests/model_server/fake_replay.hpp"

namespace dyna::imagination {
namespace {

using testing_support::FakeReplay;

/// A perfectly known world: x' = x + 1, y' = y, reward 0.25, over when x' >= 10. Real rows start
/// at x in {0, 5, 9}; their y is their row number and their stored action 0.75.
class ImaginerTest : public testing::Test {
 protected:
  ImaginerTest() {
    options_.model.kind = "deterministic_ensemble";
    options_.model.shape = {
        .obs_columns = 2, .action_columns = 1, .termination = dynamics::Source::kKnown};
    options_.model.members = 2;
    options_.model.elites = 2;
    options_.model.hidden = {3};
    options_.model.weight_decay = {0.0, 0.0};
    options_.rules.terminated = [](std::span<const double>, std::span<const double>,
                                   std::span<const double> next) { return next[0] >= 10.0; };
    options_.schedule = {.e0 = 0, .e1 = 1, .k0 = 3, .k1 = 3};
    options_.rollout_batch = 50;
    options_.chunk_rows = 20;  // 20 + 20 + 10
    options_.train_every = 10;
    options_.epoch_steps = 20;
    options_.worker_id = 4;
    AddReal(90);
  }

  void AddReal(std::int64_t rows) {
    auto batch = TransitionBatch::Zeros(rows, {2, 1});
    for (std::int64_t i = 0; i < rows; ++i) {
      const std::int64_t id = real_rows_++;
      batch.obs(i, 0) = std::array{0.0F, 5.0F, 9.0F}[static_cast<std::size_t>(id % 3)];
      batch.obs(i, 1) = static_cast<float>(id);
      batch.action(i, 0) = 0.75F;
      batch.provenance[static_cast<std::size_t>(i)].step = static_cast<std::uint32_t>(id % 30);
    }
    ASSERT_TRUE(replay_.Append(kRealTable, batch).ok());
  }

  /// Every member predicts the constant (reward, dx, dy), whatever the input.
  void PublishModel(std::uint64_t version, float reward = 0.25F, float dx = 1.0F) {
    dynamics::Ensemble ensemble(options_.model, std::make_unique<dynamics::MeanHead>());
    ensemble.net.params().zero_();
    for (std::int64_t e = 0; e < 2; ++e) {
      ensemble.net.bias(1, e).copy_(torch::tensor({reward, dx, 0.0F}));
    }
    auto blob = std::make_shared<WeightsBlob>();
    blob->version = version;
    ensemble.Save(blob->arrays);
    weights_.Publish(kModelWeights, blob);
  }

  /// Gaussian policy with mean 0 and a spread, squashed into [-0.5, 0.5].
  void PublishPolicy(std::uint64_t version) {
    nn::PolicyWeights policy;
    policy.layers.push_back({.weight = RowMatrix::Zero(2, 2), .bias = FloatVector::Zero(2)});
    policy.action_center = FloatVector::Zero(1);
    policy.action_scale = FloatVector::Constant(1, 0.5F);
    auto blob = std::make_shared<WeightsBlob>();
    blob->version = version;
    blob->arrays = policy.ToStateDict();
    weights_.Publish(kPolicyWeights, blob);
  }

  std::unique_ptr<Imaginer> Make() {
    return std::make_unique<Imaginer>(options_, spec_, replay_, weights_);
  }
  const std::vector<TransitionBatch>& synthetic() { return replay_.rows(kSyntheticTable); }

  EnvSpec spec_{.name = "Test",
                .observation = Space::Box({-100.0, -1000.0}, {100.0, 1000.0}),
                .action = Space::Box({-1.0}, {1.0})};
  ImaginationOptions options_;
  FakeReplay replay_{{2, 1}, 7};
  LocalWeightsPort weights_;
  std::int64_t real_rows_ = 0;
};

TEST_F(ImaginerTest, WaitsForAModelAndThenForAPolicy) {
  const auto imaginer = Make();
  EXPECT_EQ(imaginer->Step().error().code, ErrorCode::kNotFound);
  PublishModel(1);
  EXPECT_EQ(imaginer->Step().error().code, ErrorCode::kNotFound);
  PublishPolicy(1);
  EXPECT_TRUE(imaginer->Step().ok());
}

TEST_F(ImaginerTest, RollsEveryStartUntilTheLengthOrTheTerminationAndSaysWhereRowsComeFrom) {
  PublishModel(6);
  PublishPolicy(8);
  const auto report = Make()->Step().value();
  EXPECT_FALSE(replay_.last_request.limited);  // start states are not learning
  EXPECT_EQ(report.rollout_length, 3);
  EXPECT_EQ(report.model_version, 6U);
  EXPECT_EQ(report.policy_version, 8U);
  EXPECT_EQ(report.dropped_nonfinite, 0);
  EXPECT_EQ(report.disagreement, 0.0);
  EXPECT_EQ(static_cast<std::int64_t>(synthetic().size()), report.rows);
  std::map<std::uint64_t, std::vector<const TransitionBatch*>> rollouts;
  for (const auto& row : synthetic()) {
    const Provenance& from = row.provenance[0];
    EXPECT_EQ(from.model_version, 6U);
    EXPECT_EQ(from.policy_version, 8U);
    EXPECT_EQ(from.producer, 4U);
    EXPECT_EQ(from.step + 1, from.rollout_depth);
    EXPECT_EQ(row.reward[0], 0.25F);
    EXPECT_EQ(row.next_obs(0, 0), row.obs(0, 0) + 1.0F);
    EXPECT_EQ(row.terminated[0], row.next_obs(0, 0) >= 10.0F ? 1.0F : 0.0F);
    EXPECT_EQ(row.truncated[0], 0.0F);
    EXPECT_LT(std::abs(row.action(0, 0)), 0.5F);
    rollouts[from.episode].push_back(&row);
  }
  EXPECT_EQ(rollouts.size(), 50U);
  std::int64_t ended = 0;
  for (const auto& [id, rows] : rollouts) {
    const float start = rows[0]->obs(0, 0);
    EXPECT_EQ(rows.size(), start == 9.0F ? 1U : 3U);  // 9 -> 10 is over
    ended += start == 9.0F;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(rows[i]->provenance[0].rollout_depth, i + 1);
      EXPECT_EQ(rows[i]->obs(0, 0), start + static_cast<float>(i));
    }
  }
  EXPECT_EQ(report.terminated, ended);
  EXPECT_GT(ended, 5);
  EXPECT_EQ(report.rows, 150 - 2 * ended);
}

TEST_F(ImaginerTest, TheScheduleFollowsRealRowsAfterTheRandomOnesAndSetsTheCapacity) {
  options_.schedule = {.e0 = 0, .e1 = 10, .k0 = 1, .k1 = 11};
  options_.random_steps = 30;  // 90 rows: epoch (90 - 30) / 20 = 3 -> k = 4
  options_.retain_epochs = 2;
  PublishModel(1);
  PublishPolicy(1);
  EXPECT_EQ(Make()->Step().value().rollout_length, 4);
  EXPECT_EQ(replay_.Counters(kSyntheticTable).value().capacity, 2 * (4 * 50 * 20 / 10));
}

TEST_F(ImaginerTest, LengthZeroNeedsNoModelAndDoesNothing) {
  options_.schedule = {.e0 = 0, .e1 = 1, .k0 = 0, .k1 = 0};
  const auto report = Make()->Step().value();
  EXPECT_EQ(report.rows, 0);
  EXPECT_EQ(report.rollout_length, 0);
  EXPECT_EQ(replay_.Counters(kSyntheticTable).value().capacity, 1'000'000);
}

TEST_F(ImaginerTest, StopsEarlyWhenAllRolloutsAreOver) {
  options_.rules.terminated = [](std::span<const double>, std::span<const double>,
                                 std::span<const double>) { return true; };
  options_.schedule = {.e0 = 0, .e1 = 1, .k0 = 1000000, .k1 = 1000000};
  PublishModel(1);
  PublishPolicy(1);
  EXPECT_EQ(Make()->Step().value().rows, 50);
}

TEST_F(ImaginerTest, NonFiniteAndAbsurdRowsAreDroppedCountedAndNotRolledOn) {
  PublishPolicy(1);
  PublishModel(1, std::numeric_limits<float>::quiet_NaN());
  const auto imaginer = Make();
  auto report = imaginer->Step().value();
  EXPECT_EQ(report.rows, 0);
  EXPECT_EQ(report.dropped_nonfinite, 50);
  PublishModel(2, 0.0F, -6e5F);  // the second step leaves +-1e6
  report = imaginer->Step().value();
  EXPECT_EQ(report.rows, 50);
  EXPECT_EQ(report.dropped_nonfinite, 50);
  EXPECT_EQ(synthetic().size(), 50U);
}

TEST_F(ImaginerTest, StartsFromTheNewestRowsWhenAsked) {
  options_.start_source = StartSource::kRecent;
  options_.recent_rows = 7;
  PublishModel(1);
  PublishPolicy(1);
  ASSERT_TRUE(Make()->Step().ok());
  std::set<float> ids;
  for (const auto& row : synthetic()) ids.insert(row.obs(0, 1));
  EXPECT_EQ(ids, (std::set<float>{83, 84, 85, 86, 87, 88, 89}));
}

TEST_F(ImaginerTest, StartsFromEpisodeStartsWhenAskedAndLearnsOfNewOnes) {
  options_.start_source = StartSource::kInitial;
  options_.initial_rows_max = 3;
  options_.schedule.k0 = options_.schedule.k1 = 1;
  PublishModel(1);
  PublishPolicy(1);
  const auto imaginer = Make();
  ASSERT_TRUE(imaginer->Step().ok());
  std::set<float> ids;
  for (const auto& row : synthetic()) ids.insert(row.obs(0, 1));
  EXPECT_EQ(ids, (std::set<float>{0, 30, 60}));
  AddReal(1);  // row 90: the next episode's first; only the newest three are kept
  replay_.Clear(kSyntheticTable);
  ASSERT_TRUE(imaginer->Step().ok());
  ids.clear();
  for (const auto& row : synthetic()) ids.insert(row.obs(0, 1));
  EXPECT_EQ(ids, (std::set<float>{30, 60, 90}));
}

TEST_F(ImaginerTest, TheStoredActionComesFirstAndThePolicyAfterIt) {
  options_.action_source = ActionSource::kBuffer;
  PublishModel(1);
  PublishPolicy(1);
  ASSERT_TRUE(Make()->Step().ok());
  for (const auto& row : synthetic()) {
    EXPECT_EQ(row.action(0, 0) == 0.75F, row.provenance[0].rollout_depth == 1);
  }
}

TEST_F(ImaginerTest, RandomActionsCoverTheSpaceAndNeedNoPolicy) {
  options_.action_source = ActionSource::kRandom;
  options_.rollout_batch = 600;
  PublishModel(1);
  ASSERT_TRUE(Make()->Step().ok());
  float low = 1.0F;
  float high = -1.0F;
  for (const auto& row : synthetic()) {
    low = std::min(low, row.action(0, 0));
    high = std::max(high, row.action(0, 0));
  }
  EXPECT_LT(low, -0.95F);
  EXPECT_GE(low, -1.0F);
  EXPECT_GT(high, 0.95F);
  EXPECT_LT(high, 1.0F);
}

TEST_F(ImaginerTest, RowsOfOlderModelsThanAllowedAreEvicted) {
  options_.stale_versions = 1;
  PublishPolicy(1);
  const auto imaginer = Make();
  for (std::uint64_t version = 1; version <= 4; ++version) {
    PublishModel(version);
    ASSERT_TRUE(imaginer->Step().ok());
  }
  std::set<std::uint64_t> versions;
  for (const auto& row : synthetic()) versions.insert(row.provenance[0].model_version);
  EXPECT_EQ(versions, (std::set<std::uint64_t>{3, 4}));
}

// A round interrupted at any point, saved, and continued by another imaginer gives the rows of
// the uninterrupted one.
TEST_F(ImaginerTest, InterruptedSavedAndLoadedARoundGoesOnBitForBit) {
  PublishModel(1);
  PublishPolicy(1);
  options_.start_source = StartSource::kRecent;
  const auto whole = Make();
  const auto first = whole->Step().value();
  ASSERT_TRUE(whole->Step().ok());
  const auto expected = synthetic();
  for (std::int64_t appends = 0; appends < 9; ++appends) {
    SCOPED_TRACE(testing::Message() << "appends=" << appends);
    replay_.Clear(kSyntheticTable);
    replay_.appends_left = appends;
    auto a = Make();
    const auto interrupted = a->Step();
    StateDict state;
    a->Save(state);
    auto b = Make();
    b->Load(state);
    replay_.appends_left = -1;
    if (!interrupted.ok()) {
      EXPECT_EQ(interrupted.error().code, ErrorCode::kBackpressure);
      const auto report = b->Step().value();
      EXPECT_EQ(report.rows, first.rows);
      EXPECT_EQ(report.terminated, first.terminated);
    }
    ASSERT_TRUE(b->Step().ok());
    ASSERT_EQ(synthetic().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(synthetic()[i].obs, expected[i].obs) << i;
      ASSERT_EQ(synthetic()[i].action, expected[i].action) << i;
      ASSERT_EQ(synthetic()[i].provenance, expected[i].provenance) << i;
    }
  }
}

TEST_F(ImaginerTest, OtherWorkersAndSeedsImagineOtherRows) {
  PublishModel(1);
  PublishPolicy(1);
  options_.start_source = StartSource::kRecent;
  ASSERT_TRUE(Make()->Step().ok());
  const auto first = synthetic();
  for (int change = 0; change < 2; ++change) {
    replay_.Clear(kSyntheticTable);
    (change == 0 ? options_.seed : options_.model.seed) += 1;
    options_.worker_id += static_cast<std::uint32_t>(change);
    ASSERT_TRUE(Make()->Step().ok());
    EXPECT_NE(synthetic()[0].action, first[0].action);
  }
}

}  // namespace
}  // namespace dyna::imagination
