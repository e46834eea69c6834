#include "common/nn/packed_layer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "common/nn/vector_clones.hpp"

namespace dyna::nn {
namespace {

// Six rows of two vectors are twelve sums that fit AVX2's sixteen registers beside what they are
// made of; fewer would wait for each other's additions.
constexpr std::int64_t kTileRows = 6;
constexpr std::int64_t kLanes = 8;
constexpr std::int64_t kPanel = 2 * kLanes;
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));

/// Weights [inputs,16] and biases [16] of up to 16 outputs, `width` of them wanted.
struct Panel {
  std::int64_t inputs = 0;
  std::int64_t width = 0;
  const float* weights = nullptr;
  const float* bias = nullptr;
};

/// `kRows` rows of x against one panel, to rows of y that lie `stride` apart.
template <std::int64_t kRows>
[[gnu::always_inline]] inline void Tile(const Panel& panel, const float* x, float* y,
                                        std::int64_t stride) {
  Lanes sum[kRows][2] = {};
  const std::int64_t inputs = panel.inputs;
  const float* weights = panel.weights;
  for (std::int64_t k = 0; k < inputs; ++k, weights += kPanel) {
    Lanes left, right;
    std::memcpy(&left, weights, sizeof left);
    std::memcpy(&right, weights + kLanes, sizeof right);
#pragma GCC unroll 6
    for (std::int64_t r = 0; r < kRows; ++r) {
      const float value = x[r * inputs + k];
      sum[r][0] += left * value;
      sum[r][1] += right * value;
    }
  }
  Lanes shift[2];
  std::memcpy(shift, panel.bias, sizeof shift);
#pragma GCC unroll 6
  for (std::int64_t r = 0; r < kRows; ++r) {
    float row[kPanel];
    sum[r][0] += shift[0];
    sum[r][1] += shift[1];
    std::memcpy(row, sum[r], sizeof row);
    std::copy(row, row + panel.width, y + r * stride);
  }
}

DYNA_VECTOR_CLONES
void MultiplyPanel(const Panel& panel, std::int64_t rows, const float* x, float* y,
                   std::int64_t stride) {
  const std::int64_t inputs = panel.inputs;
  std::int64_t row = 0;
  for (; row + kTileRows <= rows; row += kTileRows) {
    Tile<kTileRows>(panel, x + row * inputs, y + row * stride, stride);
  }
  for (; row + 2 <= rows; row += 2) Tile<2>(panel, x + row * inputs, y + row * stride, stride);
  if (row < rows) Tile<1>(panel, x + row * inputs, y + row * stride, stride);
}

}  // namespace

PackedLayer::PackedLayer(const DenseLayer& layer)
    : inputs_(layer.weight.cols()), outputs_(layer.weight.rows()) {
  const std::int64_t panels = (outputs_ + kPanel - 1) / kPanel;
  panels_.resize(static_cast<std::size_t>(panels * inputs_ * kPanel));
  bias_.resize(static_cast<std::size_t>(panels * kPanel));
  for (std::int64_t j = 0; j < outputs_; ++j) {
    const std::int64_t panel = j / kPanel, lane = j % kPanel;
    for (std::int64_t k = 0; k < inputs_; ++k) {
      panels_[static_cast<std::size_t>((panel * inputs_ + k) * kPanel + lane)] = layer.weight(j, k);
    }
    bias_[static_cast<std::size_t>(j)] = layer.bias[j];
  }
}

void PackedLayer::Forward(std::int64_t rows, const float* x, float* y) const {
  for (std::int64_t first = 0; first < outputs_; first += kPanel) {
    const Panel panel{.inputs = inputs_,
                      .width = std::min(kPanel, outputs_ - first),
                      .weights = panels_.data() + first * inputs_,
                      .bias = bias_.data() + first};
    MultiplyPanel(panel, rows, x, y + first, outputs_);
  }
}

}  // namespace dyna::nn
