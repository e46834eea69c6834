#include "common/nn/dense_kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "common/core/matrix.hpp"
#include "common/core/rng.hpp"

namespace dyna::nn {
namespace {

// A whole vector more or less, and a few columns beside them.
constexpr std::int64_t kRows = 7, kColumns = 37;

RowMatrix Normals(Rng& rng, std::int64_t rows, std::int64_t columns) {
  return RowMatrix(rows, columns).unaryExpr([&](float) {
    return static_cast<float>(rng.Normal());
  });
}

class DenseKernelsTest : public testing::Test {
 protected:
  Rng rng_{1, "test"};
  RowMatrix x_ = Normals(rng_, kRows, kColumns);
  RowMatrix row_ = Normals(rng_, 1, kColumns);
  RowMatrix column_ = Normals(rng_, kRows, 1);
};

TEST_F(DenseKernelsTest, BiasIsAddedToEveryRow) {
  RowMatrix y = x_;
  AddBias(kRows, kColumns, row_.data(), y.data());
  EXPECT_EQ(y, x_.rowwise() + row_.row(0));
  y = x_;
  AddBiasRelu(kRows, kColumns, row_.data(), y.data());
  EXPECT_EQ(y, (x_.rowwise() + row_.row(0)).cwiseMax(0.0F));
}

TEST_F(DenseKernelsTest, ReluKeepsNaN) {
  RowMatrix y = x_;
  y(2, 3) = std::numeric_limits<float>::quiet_NaN();
  AddBiasRelu(kRows, kColumns, row_.data(), y.data());
  EXPECT_TRUE(std::isnan(y(2, 3)));
}

TEST_F(DenseKernelsTest, ReluBackwardCutsWhereTheOutputIsZero) {
  const RowMatrix output = Normals(rng_, kRows, kColumns).cwiseMax(0.0F);
  RowMatrix grad = x_;
  ReluBackward(grad.size(), output.data(), grad.data());
  EXPECT_EQ(grad, (output.array() > 0.0F).select(x_, 0.0F));
}

TEST_F(DenseKernelsTest, SumsAddUpInDoublePrecisionToo) {
  RowMatrix sums(1, kColumns);
  SumColumns(kRows, kColumns, x_.data(), sums.data());
  EXPECT_LT((sums.cast<double>() - x_.cast<double>().colwise().sum()).cwiseAbs().maxCoeff(), 1e-5);
  SumScaledRows(kRows, kColumns, x_.data(), column_.data(), sums.data());
  const auto expected = (column_.cast<double>().transpose() * x_.cast<double>()).eval();
  EXPECT_LT((sums.cast<double>() - expected).cwiseAbs().maxCoeff(), 1e-5);
  RowMatrix total = x_;
  AddTo(total.size(), x_.data(), total.data());
  EXPECT_EQ(total, 2.0F * x_);
}

TEST_F(DenseKernelsTest, DotRowsIsTheProductWithAColumn) {
  for (const std::int64_t columns : {1, 15, 16, 37}) {
    const RowMatrix x = x_.leftCols(columns), weight = row_.leftCols(columns);
    RowMatrix out(kRows, 1);
    DotRows(kRows, columns, x.data(), weight.data(), 0.25F, out.data());
    const auto expected = (x.cast<double>() * weight.cast<double>().transpose()).array() + 0.25;
    EXPECT_LT((out.cast<double>().array() - expected).abs().maxCoeff(), 1e-5) << columns;
  }
}

TEST_F(DenseKernelsTest, OuterReluBackwardIsTheMaskedOuterProduct) {
  RowMatrix out(kRows, kColumns);
  OuterReluBackward(kRows, kColumns, column_.data(), row_.data(), x_.data(), out.data());
  EXPECT_EQ(out, (x_.array() > 0.0F).select(column_ * row_, 0.0F));
}

}  // namespace
}  // namespace dyna::nn
