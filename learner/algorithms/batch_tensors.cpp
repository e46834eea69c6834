#include "learner/algorithms/batch_tensors.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "common/core/check.hpp"
#include "common/nn/torch/flat_layout.hpp"

namespace dyna::learner {
namespace {

at::Tensor Shared(RowMatrix& matrix) {
  return at::from_blob(matrix.data(), {matrix.rows(), matrix.cols()}, at::kFloat);
}

at::Tensor Shared(FloatVector& vector) {
  return at::from_blob(vector.data(), {vector.size()}, at::kFloat);
}

}  // namespace

BatchTensors::BatchTensors(SampleBatch& batch, TransitionShape shape)
    : rows(batch.rows.size()),
      obs(Shared(batch.rows.obs)),
      action(Shared(batch.rows.action)),
      reward(Shared(batch.rows.reward)),
      next_obs(Shared(batch.rows.next_obs)),
      terminated(Shared(batch.rows.terminated)),
      weights(Shared(batch.weights)) {
  batch.rows.CheckConsistent();
  DYNA_CHECK(rows > 0 && batch.rows.shape() == shape && batch.weights.size() == rows);
}

std::vector<double> Priorities(const at::Tensor& td, std::int64_t rows) {
  DYNA_CHECK(td.dim() == 1 && rows >= 0 && rows <= td.size(0));
  std::vector<double> priorities(static_cast<std::size_t>(rows));
  const auto values = nn::FloatSpan(td).first(priorities.size());
  std::transform(values.begin(), values.end(), priorities.begin(),
                 [](float x) { return std::abs(static_cast<double>(x)); });
  return priorities;
}

at::Tensor NormalTensor(Rng& rng, std::int64_t rows, std::int64_t columns) {
  at::Tensor draws = at::empty({rows, columns}, at::kFloat);
  for (float& x : nn::FloatSpan(draws)) x = static_cast<float>(rng.Normal());
  return draws;
}

}  // namespace dyna::learner
