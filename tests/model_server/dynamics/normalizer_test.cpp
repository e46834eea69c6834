#include "model_server/dynamics/normalizer.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "common/core/error.hpp"

namespace dyna::dynamics {
namespace {

at::Tensor AllRows(const at::Tensor& data) { return torch::arange(data.size(0), torch::kInt64); }

TEST(NormalizerTest, MatchesTheClosedFormOnTheChosenRowsOnly) {
  // Rows 0, 1, 3: column 0 is 1, 2, 6 -> mean 3, population variance (4 + 1 + 9) / 3.
  const at::Tensor data = torch::tensor({{1.0F, 5.0F}, {2.0F, 5.0F}, {99.0F, 9.0F}, {6.0F, 5.0F}});
  Normalizer normalizer(2);
  normalizer.Fit(data, torch::tensor({0, 1, 3}, torch::kInt64));
  EXPECT_NEAR(normalizer.mean()[0].item<double>(), 3.0, 1e-12);
  EXPECT_NEAR(normalizer.std()[0].item<double>(), std::sqrt(14.0 / 3.0), 1e-12);
  at::Tensor x = torch::tensor({{5.0F, 6.0F}});
  normalizer.Apply(x);
  EXPECT_NEAR(x[0][0].item<double>(), 2.0 / std::sqrt(14.0 / 3.0), 1e-6);
  EXPECT_EQ(x[0][1].item<float>(), 1.0F);  // constant column: only centred
  normalizer.Invert(x);
  EXPECT_NEAR(x[0][0].item<double>(), 5.0, 1e-6);
}

// Sums of float32 lose a spread of 1 on an offset of 1e6 after some thousand rows.
TEST(NormalizerTest, KeepsASmallSpreadOnALargeOffsetOverManyRows) {
  constexpr std::int64_t kRows = 200000;  // more than one chunk
  at::Tensor data = torch::empty({kRows, 2}, torch::kFloat32);
  data.select(1, 0).copy_(1e6 + torch::arange(kRows, torch::kFloat64).remainder(2) * 2.0);
  data.select(1, 1).fill_(0.1F + 1e6F);
  Normalizer normalizer(2);
  normalizer.Fit(data, AllRows(data));
  EXPECT_NEAR(normalizer.mean()[0].item<double>(), 1e6 + 1.0, 1e-6);
  EXPECT_NEAR(normalizer.std()[0].item<double>(), 1.0, 1e-9);
  EXPECT_EQ(normalizer.std()[1].item<double>(), 1.0);  // constant, whatever its offset
}

TEST(NormalizerTest, LoadRefusesStatisticsThatCannotBeDividedBy) {
  StateDict state;
  Normalizer(2).Save(state, "n_");
  Normalizer loaded(2);
  loaded.Load(state, "n_");
  state.Put("n_std", std::vector<double>{1.0, 0.0});
  EXPECT_THROW(loaded.Load(state, "n_"), CheckpointError);
  EXPECT_THROW(Normalizer(3).Load(state, "n_"), CheckpointError);
}

}  // namespace
}  // namespace dyna::dynamics
