#include "model_server/dynamics/dataset.hpp"

#include <torch/torch.h>

#include <algorithm>

#include "common/core/check.hpp"
#include "common/core/error.hpp"
#include "common/nn/torch/tensor_state.hpp"
#include "model_server/dynamics/encoding.hpp"

namespace dyna::dynamics {
namespace {

constexpr std::int64_t kRowsFirst = 1024;

at::Tensor EncodeTarget(const ModelShape& shape, const TransitionBatch& batch) {
  const at::Tensor delta = ToTensor(batch.next_obs - batch.obs);
  if (shape.reward_columns() == 0) return delta;
  return at::cat({ToTensor(batch.reward), delta}, 1);
}

}  // namespace

Dataset::Dataset(const ModelShape& shape)
    : shape_(shape),
      inputs_(torch::empty({0, shape.inputs()}, torch::kFloat32)),
      targets_(torch::empty({0, shape.targets()}, torch::kFloat32)),
      terminated_(torch::empty({0}, torch::kFloat32)) {}

at::Tensor Dataset::inputs() const { return inputs_.narrow(0, 0, rows_); }

at::Tensor Dataset::targets() const { return targets_.narrow(0, 0, rows_); }

at::Tensor Dataset::terminated() const {
  return shape_.learns_termination() ? terminated_.narrow(0, 0, rows_) : at::Tensor();
}

void Dataset::Append(const TransitionBatch& batch) {
  const at::Tensor inputs = EncodeInput(shape_, ToTensor(batch.obs), ToTensor(batch.action));
  const at::Tensor targets = EncodeTarget(shape_, batch);
  const at::Tensor terminated = ToTensor(batch.terminated).reshape({-1});
  ever_ += batch.size();
  std::int64_t from = std::max<std::int64_t>(0, batch.size() - capacity_);
  const std::int64_t fresh = std::min(batch.size() - from, capacity_ - rows_);
  Reserve(rows_ + fresh);
  Write(rows_, from, fresh, inputs, targets, terminated);
  rows_ += fresh;
  from += fresh;
  while (from < batch.size()) {  // full: wrap round
    const std::int64_t count = std::min(batch.size() - from, capacity_ - oldest_);
    Write(oldest_, from, count, inputs, targets, terminated);
    oldest_ = (oldest_ + count) % capacity_;
    from += count;
  }
}

void Dataset::Skip(std::int64_t rows) {
  DYNA_CHECK(rows_ == 0);
  ever_ += rows;
}

void Dataset::SetCapacity(std::int64_t capacity) {
  DYNA_CHECK(capacity >= 1);
  if (capacity == capacity_) return;
  if (oldest_ != 0) {  // into order of age, so that growing or shrinking is at one end
    for (at::Tensor* column : {&inputs_, &targets_, &terminated_}) {
      *column = column->narrow(0, 0, rows_).roll({-oldest_}, {0}).contiguous();
    }
    oldest_ = 0;
  }
  if (rows_ > capacity) {
    for (at::Tensor* column : {&inputs_, &targets_, &terminated_}) {
      *column = column->narrow(0, rows_ - capacity, capacity).clone();
    }
    rows_ = capacity;
  }
  capacity_ = capacity;
}

void Dataset::Reserve(std::int64_t rows) {
  const std::int64_t storage = inputs_.size(0);
  if (rows <= storage) return;
  const std::int64_t grown =
      std::min(capacity_, std::max({rows, storage + storage / 2, kRowsFirst}));
  for (at::Tensor* column : {&inputs_, &targets_, &terminated_}) {
    auto sizes = column->sizes().vec();
    sizes[0] = grown;
    const at::Tensor bigger = torch::zeros(sizes, torch::kFloat32);
    bigger.narrow(0, 0, rows_).copy_(column->narrow(0, 0, rows_));
    *column = bigger;
  }
}

void Dataset::Write(std::int64_t at, std::int64_t from, std::int64_t count,
                    const at::Tensor& inputs, const at::Tensor& targets,
                    const at::Tensor& terminated) {
  inputs_.narrow(0, at, count).copy_(inputs.narrow(0, from, count));
  targets_.narrow(0, at, count).copy_(targets.narrow(0, from, count));
  terminated_.narrow(0, at, count).copy_(terminated.narrow(0, from, count));
}

void Dataset::Save(StateDict& state) const {
  nn::PutTensor(state, "inputs", inputs());
  nn::PutTensor(state, "targets", targets());
  nn::PutTensor(state, "terminated", terminated_.narrow(0, 0, rows_));
  state.PutScalar<std::int64_t>("ever", ever_);
  state.PutScalar<std::int64_t>("oldest", oldest_);
  state.PutScalar<std::int64_t>("capacity", capacity_);
}

void Dataset::Load(const StateDict& state) {
  const at::Tensor inputs = nn::GetRows(state, "inputs", inputs_);
  const at::Tensor targets = nn::GetRows(state, "targets", targets_);
  const at::Tensor terminated = nn::GetRows(state, "terminated", terminated_);
  const auto ever = state.GetScalar<std::int64_t>("ever");
  const auto oldest = state.GetScalar<std::int64_t>("oldest");
  const auto capacity = state.GetScalar<std::int64_t>("capacity");
  const std::int64_t rows = inputs.size(0);
  if (targets.size(0) != rows || terminated.size(0) != rows || ever < rows ||
      capacity < std::max<std::int64_t>(rows, 1) || oldest < 0 ||
      oldest > std::max<std::int64_t>(rows - 1, 0)) {
    throw CheckpointError("the columns of the model's dataset do not fit each other");
  }
  inputs_ = inputs;
  targets_ = targets;
  terminated_ = terminated;
  rows_ = rows;
  ever_ = ever;
  oldest_ = oldest;
  capacity_ = capacity;
}

}  // namespace dyna::dynamics
