#include "model_server/imagination/round.hpp"

#include <torch/torch.h>

#include <array>
#include <initializer_list>
#include <string>

#include "common/core/error.hpp"
#include "common/nn/torch/tensor_state.hpp"
#include "model_server/dynamics/encoding.hpp"

namespace dyna::imagination {
namespace {

FloatVector ToVector(const at::Tensor& values) {
  const at::Tensor dense = values.contiguous();
  return Eigen::Map<const FloatVector>(dense.data_ptr<float>(), dense.size(0));
}

at::Tensor OrEmpty(const at::Tensor& tensor, at::IntArrayRef shape, at::ScalarType type) {
  return tensor.defined() ? tensor : torch::empty(shape, type);
}

void CheckRows(std::int64_t rows, std::initializer_list<at::Tensor> columns) {
  for (const at::Tensor& column : columns) {
    if (column.size(0) != rows) {
      throw CheckpointError("the columns of an interrupted imagination round do not fit");
    }
  }
}

}  // namespace

TransitionBatch ImaginedRows::ToBatch(std::uint32_t producer) const {
  TransitionBatch batch;
  batch.obs = dynamics::ToMatrix(obs);
  batch.action = dynamics::ToMatrix(action);
  batch.reward = ToVector(reward);
  batch.next_obs = dynamics::ToMatrix(next_obs);
  batch.terminated = ToVector(terminated);
  batch.truncated = FloatVector::Zero(size());
  const at::Tensor rollouts = rollout.contiguous();
  for (std::int64_t i = 0; i < size(); ++i) {
    batch.provenance.push_back(
        {.episode = static_cast<std::uint64_t>(rollouts.data_ptr<std::int64_t>()[i]),
         .policy_version = policy_version,
         .model_version = model_version,
         .producer = producer,
         .step = static_cast<std::uint32_t>(depth - 1),
         .rollout_depth = static_cast<std::uint32_t>(depth)});
  }
  return batch;
}

void Round::Save(StateDict& state) const {
  state.PutScalar<std::int64_t>("active", active ? 1 : 0);
  if (!active) return;
  state.PutScalar<std::int64_t>("starts_left", starts_left);
  state.PutScalar<std::int64_t>("depth", depth);
  // Undefined tensors (before the first chunk) are stored as no rows.
  nn::PutTensor(state, "obs", OrEmpty(obs, {0, 0}, torch::kFloat32));
  nn::PutTensor(state, "first_action", OrEmpty(first_action, {0, 0}, torch::kFloat32));
  nn::PutTensor(state, "rollout", OrEmpty(rollout, {0}, torch::kInt64));
  nn::PutTensor(state, "pending_obs", OrEmpty(pending.obs, {0, 0}, torch::kFloat32));
  nn::PutTensor(state, "pending_action", OrEmpty(pending.action, {0, 0}, torch::kFloat32));
  nn::PutTensor(state, "pending_reward", OrEmpty(pending.reward, {0}, torch::kFloat32));
  nn::PutTensor(state, "pending_next_obs", OrEmpty(pending.next_obs, {0, 0}, torch::kFloat32));
  nn::PutTensor(state, "pending_terminated", OrEmpty(pending.terminated, {0}, torch::kFloat32));
  nn::PutTensor(state, "pending_rollout", OrEmpty(pending.rollout, {0}, torch::kInt64));
  state.Put("pending_depth_versions",
            std::vector<std::uint64_t>{static_cast<std::uint64_t>(pending.depth),
                                       pending.model_version, pending.policy_version});
  state.Put("report", std::vector<std::int64_t>{report.rows, report.rollout_length,
                                                report.dropped_nonfinite, report.terminated});
  state.PutScalar<double>("report_disagreement", report.disagreement);
}

void Round::Load(const StateDict& state, TransitionShape shape) {
  *this = Round{};
  active = state.GetScalar<std::int64_t>("active") != 0;
  if (!active) return;
  const auto rows_of = [&](const std::string& name, std::int64_t columns) {
    const auto& stored = state.Raw(name).shape;
    if (!stored.empty() && stored[0] == 0) return torch::empty({0, columns}, torch::kFloat32);
    return nn::GetRows(state, name, torch::empty({0, columns}, torch::kFloat32));
  };
  const at::Tensor floats = torch::empty({0}, torch::kFloat32);
  const at::Tensor ints = torch::empty({0}, torch::kInt64);
  starts_left = state.GetScalar<std::int64_t>("starts_left");
  depth = state.GetScalar<std::int64_t>("depth");
  obs = rows_of("obs", shape.obs_columns);
  first_action = rows_of("first_action", shape.action_columns);
  rollout = nn::GetRows(state, "rollout", ints);
  CheckRows(obs.size(0), {rollout});
  pending.obs = rows_of("pending_obs", shape.obs_columns);
  pending.action = rows_of("pending_action", shape.action_columns);
  pending.reward = nn::GetRows(state, "pending_reward", floats);
  pending.next_obs = rows_of("pending_next_obs", shape.obs_columns);
  pending.terminated = nn::GetRows(state, "pending_terminated", floats);
  pending.rollout = nn::GetRows(state, "pending_rollout", ints);
  CheckRows(pending.size(), {pending.action, pending.reward, pending.next_obs, pending.terminated,
                             pending.rollout});
  std::array<std::uint64_t, 3> made{};
  state.GetInto("pending_depth_versions", std::span<std::uint64_t>(made));
  pending.depth = static_cast<std::int64_t>(made[0]);
  pending.model_version = made[1];
  pending.policy_version = made[2];
  std::array<std::int64_t, 4> counts{};
  state.GetInto("report", std::span<std::int64_t>(counts));
  report.rows = counts[0];
  report.rollout_length = counts[1];
  report.dropped_nonfinite = counts[2];
  report.terminated = counts[3];
  report.disagreement = state.GetScalar<double>("report_disagreement");
}

}  // namespace dyna::imagination
