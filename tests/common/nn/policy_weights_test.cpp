#include "common/nn/policy_weights.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "common/core/error.hpp"

namespace dyna::nn {
namespace {

PolicyWeights Gaussian() {
  PolicyWeights weights;
  weights.activation = Activation::kTanh;
  weights.layers = {{RowMatrix::Random(5, 3), FloatVector::Random(5)},
                    {RowMatrix::Random(4, 5), FloatVector::Random(4)}};
  weights.action_center = FloatVector::Random(2);
  weights.action_scale = FloatVector::Random(2);
  weights.log_std_min = -7.0F;
  weights.log_std_max = 1.5F;
  return weights;
}

TEST(PolicyWeightsTest, SurviveARoundTrip) {
  const PolicyWeights weights = Gaussian();
  const PolicyWeights read = PolicyWeights::FromStateDict(weights.ToStateDict());
  EXPECT_EQ(read.ToStateDict(), weights.ToStateDict());
  EXPECT_EQ(read.kind, weights.kind);
  EXPECT_EQ(read.activation, Activation::kTanh);
  ASSERT_EQ(read.layers.size(), 2U);
  EXPECT_EQ(read.layers[1].weight, weights.layers[1].weight);
  EXPECT_EQ(read.layers[0].bias, weights.layers[0].bias);
  EXPECT_EQ(read.action_scale, weights.action_scale);
  EXPECT_EQ(read.log_std_min, -7.0F);
  EXPECT_EQ(read.log_std_max, 1.5F);
}

TEST(PolicyWeightsTest, TheFormOfTheStdSurvivesAndIsAbsentFromWhatIsOlder) {
  PolicyWeights weights = Gaussian();
  EXPECT_FALSE(weights.ToStateDict().Has("std_form"));
  weights.std_form = StdForm::kSoftplus;
  weights.std_min = 0.25F;
  StateDict arrays = weights.ToStateDict();
  const PolicyWeights read = PolicyWeights::FromStateDict(arrays);
  EXPECT_EQ(read.std_form, StdForm::kSoftplus);
  EXPECT_EQ(read.std_min, 0.25F);
  arrays.PutScalar("std_min", std::numeric_limits<float>::quiet_NaN());
  EXPECT_THROW(PolicyWeights::FromStateDict(arrays), CheckpointError);
  arrays.PutScalar("std_min", 0.25F);
  arrays.PutScalar<std::int64_t>("std_form", 2);
  EXPECT_THROW(PolicyWeights::FromStateDict(arrays), CheckpointError);
}

TEST(PolicyWeightsTest, ATableNeedsNoBias) {
  PolicyWeights weights;
  weights.kind = PolicyWeights::Kind::kQTable;
  weights.layers = {{RowMatrix::Random(4, 16), FloatVector()}};
  const PolicyWeights read = PolicyWeights::FromStateDict(weights.ToStateDict());
  EXPECT_EQ(read.layers[0].weight, weights.layers[0].weight);
}

TEST(PolicyWeightsTest, EveryMissingEntryIsRefused) {
  const StateDict whole = Gaussian().ToStateDict();
  for (const auto& [dropped, array] : whole.arrays()) {
    SCOPED_TRACE(dropped);
    StateDict rest;
    for (const auto& [name, kept] : whole.arrays()) {
      if (name != dropped) rest.PutRaw(name, kept);
    }
    EXPECT_THROW(PolicyWeights::FromStateDict(rest), CheckpointError);
  }
}

TEST(PolicyWeightsTest, OnlyTheEnvironmentTheyWereMadeForTakesThem) {
  const EnvSpec spec = {.name = "Three-v0",
                        .observation = Space::Box({0, 0, 0}, {1, 1, 1}),
                        .action = Space::Box({0, 0}, {1, 1})};
  EXPECT_NO_THROW(Gaussian().RequireFits(spec));
  EnvSpec other = spec;
  other.observation = Space::Box({0, 0}, {1, 1});
  EXPECT_THROW(Gaussian().RequireFits(other), CheckpointError);
  other = spec;
  other.action = Space::Box({0}, {1});
  EXPECT_THROW(Gaussian().RequireFits(other), CheckpointError);
  other.action = Space::Discrete(2);
  EXPECT_THROW(Gaussian().RequireFits(other), CheckpointError);

  PolicyWeights table;
  table.kind = PolicyWeights::Kind::kQTable;
  table.layers = {{RowMatrix::Random(4, 16), FloatVector()}};
  const EnvSpec grid = {
      .name = "Grid-v0", .observation = Space::Discrete(16), .action = Space::Discrete(4)};
  EXPECT_NO_THROW(table.RequireFits(grid));
  EXPECT_THROW(table.RequireFits(spec), CheckpointError);
  EXPECT_THROW(Gaussian().RequireFits(grid), CheckpointError);
}

void ExpectRefused(const PolicyWeights& weights) {
  EXPECT_THROW(PolicyWeights::FromStateDict(weights.ToStateDict()), CheckpointError);
}

TEST(PolicyWeightsTest, LayersThatDoNotChainAreRefused) {
  PolicyWeights weights = Gaussian();
  weights.layers[1].weight = RowMatrix::Random(4, 6);
  ExpectRefused(weights);
}

TEST(PolicyWeightsTest, ABiasOfAnotherLengthIsRefused) {
  PolicyWeights weights = Gaussian();
  weights.layers[0].bias = FloatVector::Random(4);
  ExpectRefused(weights);
}

TEST(PolicyWeightsTest, ActionBoundsOfAnotherLengthAreRefused) {
  PolicyWeights weights = Gaussian();
  weights.action_center = FloatVector::Random(3);
  weights.action_scale = FloatVector::Random(3);
  ExpectRefused(weights);
  weights = Gaussian();
  weights.action_scale = FloatVector::Random(1);
  ExpectRefused(weights);
}

TEST(PolicyWeightsTest, AnEmptyRangeOfStandardDeviationsIsRefused) {
  PolicyWeights weights = Gaussian();
  weights.log_std_max = weights.log_std_min - 1.0F;
  ExpectRefused(weights);
  weights.log_std_max = std::numeric_limits<float>::quiet_NaN();
  ExpectRefused(weights);
}

TEST(PolicyWeightsTest, UnknownKindsAndNoLayersAreRefused) {
  for (const char* name : {"kind", "activation", "layers"}) {
    for (const std::int64_t value : {-1, 65}) {
      SCOPED_TRACE(name);
      StateDict state = Gaussian().ToStateDict();
      state.PutScalar<std::int64_t>(name, value);
      EXPECT_THROW(PolicyWeights::FromStateDict(state), CheckpointError);
    }
  }
  StateDict state = Gaussian().ToStateDict();
  state.PutScalar<std::int64_t>("layers", 0);
  EXPECT_THROW(PolicyWeights::FromStateDict(state), CheckpointError);
}

TEST(PolicyWeightsTest, AVectorWhereAMatrixBelongsIsRefused) {
  StateDict state = Gaussian().ToStateDict();
  state.Put("layer0/weight", std::vector<float>(15, 0.0F));
  EXPECT_THROW(PolicyWeights::FromStateDict(state), CheckpointError);
}

}  // namespace
}  // namespace dyna::nn
