#include "model_server/dynamics/dataset.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/rng.hpp"
#include "model_server/dynamics/encoding.hpp"

namespace dyna::dynamics {
namespace {

/// Rows whose reward is a running id, obs = (id, 1), next_obs = (id + 0.5, 3), action id % 3.
TransitionBatch Rows(std::int64_t first, std::int64_t count) {
  auto batch = TransitionBatch::Zeros(count, {2, 1});
  for (std::int64_t i = 0; i < count; ++i) {
    const auto id = static_cast<float>(first + i);
    batch.obs.row(i) << id, 1.0F;
    batch.next_obs.row(i) << id + 0.5F, 3.0F;
    batch.action(i, 0) = static_cast<float>((first + i) % 3);
    batch.reward[i] = id;
    batch.terminated[i] = (first + i) % 2 == 0 ? 1.0F : 0.0F;
  }
  return batch;
}

ModelShape DiscreteShape() {
  return {.obs_columns = 2,
          .action_columns = 1,
          .action_choices = 3,
          .reward = Source::kLearned,
          .termination = Source::kLearned};
}

TEST(DatasetTest, EncodesOneHotActionsAndTheChangeOfStateAfterTheReward) {
  Dataset data(DiscreteShape());
  data.Append(Rows(4, 2));
  EXPECT_TRUE(data.inputs().equal(torch::tensor({{4.0F, 1.0F, 0.0F, 1.0F, 0.0F},  // action 1
                                                 {5.0F, 1.0F, 0.0F, 0.0F, 1.0F}})));
  EXPECT_TRUE(data.targets().equal(torch::tensor({{4.0F, 0.5F, 2.0F}, {5.0F, 0.5F, 2.0F}})));
  EXPECT_TRUE(data.terminated().equal(torch::tensor({1.0F, 0.0F})));
}

TEST(DatasetTest, AKnownRewardIsNotATarget) {
  Dataset data({.obs_columns = 2, .action_columns = 1, .reward = Source::kKnown});
  data.Append(Rows(1, 1));
  EXPECT_TRUE(data.targets().equal(torch::tensor({{0.5F, 2.0F}})));
  EXPECT_TRUE(data.inputs().equal(torch::tensor({{1.0F, 1.0F, 1.0F}})));
  EXPECT_FALSE(data.terminated().defined());
}

std::vector<float> SortedIds(const Dataset& data) {
  const at::Tensor ids = data.targets().select(1, 0).contiguous();
  std::vector<float> values(ids.data_ptr<float>(), ids.data_ptr<float>() + ids.numel());
  std::sort(values.begin(), values.end());
  return values;
}

// Model-based: whatever is appended and however the capacity changes, the newest rows are held.
TEST(DatasetTest, HoldsTheNewestRowsLikeADeque) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Rng rng(seed, "dataset");
    Dataset data(DiscreteShape());
    std::deque<float> model;
    std::int64_t next = 0;
    std::size_t capacity = 3000;
    data.SetCapacity(3000);
    for (int step = 0; step < 40; ++step) {
      if (rng.Below(5) == 0) {
        capacity = static_cast<std::size_t>(1 + rng.Below(4000));
        data.SetCapacity(static_cast<std::int64_t>(capacity));
      }
      const auto count = static_cast<std::int64_t>(rng.Below(900));
      data.Append(Rows(next, count));
      for (std::int64_t i = 0; i < count; ++i) model.push_back(static_cast<float>(next + i));
      next += count;
      while (model.size() > capacity) model.pop_front();
      ASSERT_EQ(SortedIds(data), std::vector<float>(model.begin(), model.end()));
      ASSERT_TRUE(data.inputs().select(1, 0).equal(data.targets().select(1, 0)));  // rows whole
    }
  }
}

TEST(DatasetTest, ALoadedDatasetKeepsEveryRowInItsPlaceAndGoesOnTheSame) {
  Dataset data(DiscreteShape());
  data.SetCapacity(10);
  data.Append(Rows(0, 14));  // wrapped
  StateDict state;
  data.Save(state);
  Dataset loaded(DiscreteShape());
  loaded.Load(state);
  for (Dataset* each : {&data, &loaded}) {
    each->SetCapacity(10);
    each->Append(Rows(14, 3));
  }
  EXPECT_TRUE(loaded.inputs().equal(data.inputs()));
  EXPECT_TRUE(loaded.targets().equal(data.targets()));
  EXPECT_TRUE(loaded.terminated().equal(data.terminated()));
  Dataset other({.obs_columns = 3, .action_columns = 1});
  EXPECT_THROW(other.Load(state), CheckpointError);
}

// Every row's observation is its number, so the data tell which row is where.
TEST(DatasetTest, ARowKeepsItsNumberThroughWrappingResizingAndLoading) {
  const ModelShape shape{.obs_columns = 1, .action_columns = 1};
  Dataset data(shape);
  Rng rng(7, "numbers");
  std::int64_t ever = 0;
  const auto check = [&](const Dataset& d) {
    const at::Tensor inputs = d.inputs();
    for (std::int64_t place = 0; place < d.rows(); ++place) {
      ASSERT_EQ(static_cast<std::int64_t>(inputs[place][0].item<float>()), d.number(place));
    }
  };
  for (int round = 0; round < 200; ++round) {
    const auto choice = rng.Below(10);
    if (choice == 0) {
      data.SetCapacity(1 + static_cast<std::int64_t>(rng.Below(20)));
    } else if (choice == 1 && data.rows() == 0) {
      data.Skip(3);
      ever += 3;
    } else {
      auto batch = TransitionBatch::Zeros(1 + static_cast<std::int64_t>(rng.Below(9)), {1, 1});
      for (std::int64_t i = 0; i < batch.size(); ++i) {
        batch.obs(i, 0) = static_cast<float>(ever++);
      }
      data.Append(batch);
    }
    check(data);
  }
  StateDict state;
  data.Save(state);
  Dataset loaded(shape);
  loaded.Load(state);
  check(loaded);
  EXPECT_EQ(loaded.rows(), data.rows());
}

}  // namespace
}  // namespace dyna::dynamics
