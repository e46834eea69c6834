#include "learner/algorithms/dqn_shard.hpp"

#include <algorithm>
#include <cmath>

namespace dyna::learner {

float DqnShard::NextValue(std::int64_t row) const {
  const float* target = target_tape_.output.back().data() + row * actions_;
  const float* judge =
      batch_.double_dqn ? online_tape_.output.back().data() + (rows_ + row) * actions_ : target;
  return target[std::max_element(judge, judge + actions_) - judge];
}

void DqnShard::TdErrors(const DqnBatch& batch, std::int64_t begin, std::int64_t end) {
  batch_ = batch;
  begin_ = begin;
  rows_ = end - begin;
  actions_ = batch.online->outputs();
  const TransitionBatch& rows = batch.rows->rows;
  const std::int64_t columns = rows.obs.cols();
  float* input = input_.Reserve(2 * rows_ * columns);
  std::copy_n(rows.obs.data() + begin * columns, rows_ * columns, input);
  std::copy_n(rows.next_obs.data() + begin * columns, rows_ * columns, input + rows_ * columns);
  batch.target->Forward(input + rows_ * columns, rows_, target_tape_);
  const float* q = batch.online->Forward(input, batch.double_dqn ? 2 * rows_ : rows_, online_tape_);
  float* td = td_.Reserve(rows_);
  float* output_gradient = output_gradient_.Reserve(rows_ * actions_);
  std::fill_n(output_gradient, rows_ * actions_, 0.0F);
  const float share = 1.0F / static_cast<float>(rows.size());
  loss_ = 0.0;
  q_ = 0.0;
  for (std::int64_t b = 0; b < rows_; ++b) {
    const std::int64_t at = b * actions_ + static_cast<std::int64_t>(rows.action(begin + b, 0));
    const float alive = 1.0F - rows.terminated[begin + b];
    td[b] = q[at] - (rows.reward[begin + b] + batch.gamma * alive * NextValue(b));
    const float weight = batch.rows->weights[begin + b];
    const double x = td[b], size = std::abs(x);
    const double huber = size <= 1.0 ? 0.5 * x * x : size - 0.5;
    loss_ += (batch.huber ? huber : x * x) * weight;
    q_ += q[at];
    const float slope = batch.huber ? std::clamp(td[b], -1.0F, 1.0F) : 2.0F * td[b];
    output_gradient[at] = slope * (weight * share);
  }
}

void DqnShard::Gradient() {
  batch_.online->Backward(output_gradient_.data(), rows_, online_tape_,
                          gradient_.Reserve(batch_.online->layout().size()));
}

}  // namespace dyna::learner
