#include "learner/algorithms/sac_shard.hpp"

#include <algorithm>

#include "common/core/check.hpp"

namespace dyna::learner {
namespace {

/// rows [count,columns] to `to`, whose rows are `stride` apart.
void Paste(const float* rows, std::int64_t count, std::int64_t columns, std::int64_t stride,
           float* to) {
  for (std::int64_t b = 0; b < count; ++b)
    std::copy_n(rows + b * columns, columns, to + b * stride);
}

/// The critic of the least Q of one row; ties: the first.
std::int32_t Least(const float* q, std::int64_t critics, std::int64_t stride) {
  std::int32_t least = 0;
  for (std::int64_t c = 1; c < critics; ++c) {
    if (q[c * stride] < q[least * stride]) least = static_cast<std::int32_t>(c);
  }
  return least;
}

}  // namespace

void SacShard::FillInputs() {
  const TransitionBatch& rows = batch_.rows->rows;
  const std::int64_t stride = obs_ + actions_;
  const float* obs = rows.obs.data() + begin_ * obs_;
  const float* next_obs = rows.next_obs.data() + begin_ * obs_;
  // obs first: the policy's backward pass then wants the first half of its tape.
  float* policy_input = policy_input_.Reserve(2 * rows_ * obs_);
  std::copy_n(obs, rows_ * obs_, policy_input);
  std::copy_n(next_obs, rows_ * obs_, policy_input + rows_ * obs_);
  for (auto* input : {&critic_input_, &next_input_, &drawn_input_}) input->Reserve(rows_ * stride);
  Paste(obs, rows_, obs_, stride, critic_input_.data());
  Paste(obs, rows_, obs_, stride, drawn_input_.data());
  Paste(next_obs, rows_, obs_, stride, next_input_.data());
  const float* action = rows.action.data() + begin_ * actions_;
  for (std::int64_t b = 0; b < rows_; ++b) {
    for (std::int64_t j = 0; j < actions_; ++j) {
      const auto i = static_cast<std::size_t>(j);
      critic_input_.data()[b * stride + obs_ + j] =
          (action[b * actions_ + j] - batch_.center[i]) / batch_.scale[i];
    }
  }
  float* noise = noise_.Reserve(2 * rows_ * actions_);
  const float* next_noise = batch_.noise + begin_ * actions_;
  std::copy_n(next_noise + rows.size() * actions_, rows_ * actions_, noise);
  std::copy_n(next_noise, rows_ * actions_, noise + rows_ * actions_);
}

void SacShard::DrawActions(const SacNets& nets) {
  const float* output = nets.policy.Forward(policy_input_.data(), 2 * rows_, policy_tape_);
  draw_.Draw(2 * rows_, actions_, output, noise_.data());
  const std::int64_t stride = obs_ + actions_;
  Paste(draw_.action(), rows_, actions_, stride, drawn_input_.data() + obs_);
  Paste(draw_.action() + rows_ * actions_, rows_, actions_, stride, next_input_.data() + obs_);
}

void SacShard::TdErrors(const SacNets& nets, const SacBatch& batch, std::int64_t begin,
                        std::int64_t end) {
  batch_ = batch;
  begin_ = begin;
  rows_ = end - begin;
  obs_ = batch.rows->rows.obs.cols();
  actions_ = static_cast<std::int64_t>(batch.center.size());
  critics_ = nets.critics.members();
  sums_ = {};
  FillInputs();
  DrawActions(nets);
  const float* next_q = nets.targets.Forward(next_input_.data(), rows_, target_tape_);
  const float* q = nets.critics.Forward(critic_input_.data(), rows_, critic_tape_);
  const float* next_log_prob = draw_.log_prob() + rows_;
  float* td = td_.Reserve(critics_ * rows_);
  float* td_gradient = td_gradient_.Reserve(critics_ * rows_);
  const float share = 1.0F / static_cast<float>(batch.rows->rows.size());
  for (std::int64_t b = 0; b < rows_; ++b) {
    const float least = next_q[Least(next_q + b, critics_, rows_) * rows_ + b];
    const float soft_value = least - batch.alpha * next_log_prob[b];
    const float alive = 1.0F - batch.rows->rows.terminated[begin + b];
    const float y = batch.rows->rows.reward[begin + b] + batch.gamma * alive * soft_value;
    const float weight = batch.rows->weights[begin + b];
    for (std::int64_t i = b; i < critics_ * rows_; i += rows_) {
      td[i] = q[i] - y;
      td_gradient[i] = td[i] * (weight * share);
      sums_.critic_loss += 0.5 * static_cast<double>(td[i]) * td[i] * weight;
      sums_.q += q[i];
    }
  }
}

void SacShard::CriticGradient(const SacNets& nets) {
  nets.critics.Backward(td_gradient_.data(), rows_, critic_tape_,
                        critic_gradient_.Reserve(nets.critics.layout().size()));
}

void SacShard::PolicyGradient(const SacNets& nets) {
  const float* q = nets.critics.Forward(drawn_input_.data(), rows_, critic_tape_);
  least_.resize(static_cast<std::size_t>(rows_));
  for (std::int64_t b = 0; b < rows_; ++b) {
    const std::int32_t least = Least(q + b, critics_, rows_);
    least_[static_cast<std::size_t>(b)] = least;
    const double log_prob = draw_.log_prob()[b];
    sums_.log_prob += log_prob;
    sums_.actor_loss += static_cast<double>(batch_.alpha) * log_prob - q[least * rows_ + b];
  }
  const float share = 1.0F / static_cast<float>(batch_.rows->rows.size());
  float* action_gradient = action_gradient_.Reserve(rows_ * actions_);
  nets.critics.RoutedInputGradient(least_.data(), -share, obs_, critic_tape_, action_gradient);
  float* output_gradient = output_gradient_.Reserve(2 * rows_ * actions_);
  draw_.Gradient(rows_, action_gradient, batch_.alpha * share, output_gradient);
  nets.policy.Backward(output_gradient, rows_, policy_tape_,
                       policy_gradient_.Reserve(nets.policy.layout().size()));
}

}  // namespace dyna::learner
