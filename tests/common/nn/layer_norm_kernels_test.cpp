#include "common/nn/layer_norm_kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "common/core/rng.hpp"

namespace dyna::nn {
namespace {

std::vector<float> Normals(std::size_t size, std::uint64_t seed) {
  Rng rng(seed, "normals");
  std::vector<float> values(size);
  for (float& value : values) value = static_cast<float>(2.0 + 3.0 * rng.Normal());
  return values;
}

/// sum_j c_j of the normalised row, in double.
double Oracle(const std::vector<double>& row, const float* c, double epsilon) {
  const auto n = static_cast<double>(row.size());
  double mean = 0.0, var = 0.0, sum = 0.0;
  for (const double x : row) mean += x / n;
  for (const double x : row) var += (x - mean) * (x - mean) / n;
  for (std::size_t j = 0; j < row.size(); ++j) {
    sum += c[j] * (row[j] - mean) / std::sqrt(var + epsilon);
  }
  return sum;
}

class LayerNormKernelsTest : public testing::TestWithParam<std::int64_t> {};

TEST_P(LayerNormKernelsTest, RowsAreCentredAndScaledAsInDouble) {
  const std::int64_t n = GetParam(), rows = 3;
  const auto columns = static_cast<std::size_t>(n);
  const auto x = Normals(columns * 3, 1);
  auto y = x;
  std::vector<float> inverse_std(3);
  NormalizeRows(rows, n, 0.1F, y.data(), inverse_std.data());
  for (std::size_t b = 0; b < 3; ++b) {
    const std::vector<double> row(x.begin() + static_cast<std::ptrdiff_t>(b * columns),
                                  x.begin() + static_cast<std::ptrdiff_t>((b + 1) * columns));
    for (std::size_t j = 0; j < columns; ++j) {
      std::vector<float> unit(columns, 0.0F);
      unit[j] = 1.0F;
      EXPECT_NEAR(y[b * columns + j], Oracle(row, unit.data(), 0.1), 1e-5);
    }
  }
}

TEST_P(LayerNormKernelsTest, GradientIsThatOfCentralDifferencesInDouble) {
  const std::int64_t n = GetParam();
  const auto columns = static_cast<std::size_t>(n);
  const auto x = Normals(columns * 2, 2);
  const auto c = Normals(columns * 2, 3);
  auto y = x;
  auto grad = c;
  std::vector<float> inverse_std(2);
  NormalizeRows(2, n, 0.01F, y.data(), inverse_std.data());
  NormalizeRowsBackward(2, n, y.data(), inverse_std.data(), grad.data());
  for (std::size_t b = 0; b < 2; ++b) {
    for (std::size_t j = 0; j < columns; ++j) {
      std::vector<double> row(x.begin() + static_cast<std::ptrdiff_t>(b * columns),
                              x.begin() + static_cast<std::ptrdiff_t>((b + 1) * columns));
      const double at = row[j];
      row[j] = at + 1e-5;
      const double up = Oracle(row, &c[b * columns], 0.01);
      row[j] = at - 1e-5;
      const double down = Oracle(row, &c[b * columns], 0.01);
      EXPECT_NEAR(grad[b * columns + j], (up - down) / 2e-5, 2e-4);
    }
  }
}

// Below, at and above whole vectors.
INSTANTIATE_TEST_SUITE_P(Widths, LayerNormKernelsTest, testing::Values(2, 7, 16, 37, 64));

}  // namespace
}  // namespace dyna::nn
