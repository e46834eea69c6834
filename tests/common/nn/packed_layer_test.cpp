#include "common/nn/packed_layer.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "common/core/matrix.hpp"
#include "common/core/rng.hpp"
#include "common/nn/policy.hpp"

namespace dyna::nn {
namespace {

RowMatrix Random(Eigen::Index rows, Eigen::Index columns, Rng& rng) {
  return RowMatrix::NullaryExpr(rows, columns,
                                [&] { return static_cast<float>(2.0 * rng.Uniform() - 1.0); });
}

DenseLayer RandomLayer(Eigen::Index outputs, Eigen::Index inputs, Rng& rng) {
  return {Random(outputs, inputs, rng), Random(outputs, 1, rng).col(0)};
}

RowMatrix Forward(const PackedLayer& layer, const RowMatrix& x) {
  RowMatrix y = RowMatrix::Constant(x.rows(), layer.outputs(), NAN);
  layer.Forward(x.rows(), x.data(), y.data());
  return y;
}

/// (outputs, inputs): below, at and above the width of a panel.
class PackedLayerTest : public testing::TestWithParam<std::pair<Eigen::Index, Eigen::Index>> {};

INSTANTIATE_TEST_SUITE_P(Shapes, PackedLayerTest,
                         testing::Values(std::pair{1, 1}, std::pair{12, 17}, std::pair{16, 16},
                                         std::pair{17, 3}, std::pair{200, 33}));

TEST_P(PackedLayerTest, IsTheProductInDoublePrecisionWithinItsRounding) {
  Rng rng(1, "test");
  const auto [outputs, inputs] = GetParam();
  const DenseLayer layer = RandomLayer(outputs, inputs, rng);
  const RowMatrix x = Random(23, inputs, rng);
  const Eigen::MatrixXd exact =
      (x.cast<double>() * layer.weight.cast<double>().transpose()).rowwise() +
      layer.bias.cast<double>().transpose();
  const Eigen::MatrixXd difference = Forward(PackedLayer(layer), x).cast<double>() - exact;
  // Every one of inputs + 1 roundings is of a sum of at most inputs + 1.
  const double bound = static_cast<double>((inputs + 1) * (inputs + 1)) * 0x1p-24;
  EXPECT_LE(difference.cwiseAbs().maxCoeff(), bound);
}

TEST_P(PackedLayerTest, ARowsResultDoesNotDependOnTheRowsAroundIt) {
  Rng rng(2, "test");
  const auto [outputs, inputs] = GetParam();
  const PackedLayer layer(RandomLayer(outputs, inputs, rng));
  const RowMatrix x = Random(9, inputs, rng);  // tiles of six, of two and of one row
  const RowMatrix together = Forward(layer, x);
  for (Eigen::Index row = 0; row < x.rows(); ++row) {
    EXPECT_EQ(Forward(layer, x.row(row)), together.row(row)) << "row " << row;
  }
}

TEST(PolicyBatchTest, ABatchActsAsItsRowsAlone) {
  Rng rng(3, "test");
  for (const Activation activation : {Activation::kRelu, Activation::kTanh, Activation::kSilu}) {
    PolicyWeights weights;
    weights.activation = activation;
    weights.layers = {RandomLayer(32, 5, rng), RandomLayer(32, 32, rng), RandomLayer(4, 32, rng)};
    weights.action_center = FloatVector::Zero(2);
    weights.action_scale = FloatVector::Ones(2);
    const Policy policy(weights);
    const RowMatrix obs = Random(50, 5, rng);
    const RowMatrix together = policy.Act(obs, /*deterministic=*/true, 0.0, rng);
    for (Eigen::Index row = 0; row < obs.rows(); ++row) {
      const RowMatrix alone = policy.Act(obs.row(row), /*deterministic=*/true, 0.0, rng);
      EXPECT_LE((alone - together.row(row)).cwiseAbs().maxCoeff(), 1e-5F) << "row " << row;
    }
  }
}

}  // namespace
}  // namespace dyna::nn
