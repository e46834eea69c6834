#include "model_server/dynamics/ensemble.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "common/core/error.hpp"
#include "common/nn/torch/tensor_state.hpp"

namespace dyna::dynamics {
namespace {

std::vector<std::int64_t> LayerSizes(const ModelOptions& options, const OutputHead& head) {
  std::vector<std::int64_t> sizes = {options.shape.inputs()};
  sizes.insert(sizes.end(), options.hidden.begin(), options.hidden.end());
  sizes.push_back(head.outputs(options.shape.targets()) +
                  (options.shape.learns_termination() ? 1 : 0));
  return sizes;
}

NetExtras ExtrasOf(const ModelOptions& options, const OutputHead& head) {
  return {.norm_epsilon = options.norm_epsilon,
          .dropout = options.dropout,
          .own = head.per_member() ? head.InitialShared(options.shape.targets()).numel() : 0};
}

}  // namespace

Ensemble::Ensemble(const ModelOptions& model_options, std::unique_ptr<const OutputHead> output_head)
    : options(model_options),
      head(std::move(output_head)),
      net(options.members, LayerSizes(options, *head), options.activation,
          ExtrasOf(options, *head)),
      shared(head->per_member() ? torch::empty({0}, torch::kFloat32)
                                : head->InitialShared(options.shape.targets())),
      input(options.shape.inputs()),
      target(options.shape.targets()) {
  Rng rng(options.seed, "model.init");
  if (options.he_init) {
    net.InitHe(rng);
  } else {
    net.Init(rng);
  }
  if (head->per_member()) net.own().copy_(head->InitialShared(options.shape.targets()));
  elites.resize(static_cast<std::size_t>(options.elites));
  std::iota(elites.begin(), elites.end(), std::int64_t{0});
}

Forecast Ensemble::PredictMember(std::int64_t member, const at::Tensor& inputs) const {
  const std::int64_t d = options.shape.targets();
  at::Tensor x = inputs.clone();
  input.Apply(x);
  const at::Tensor out = net.Forward(member, x);
  const at::Tensor columns = HeadColumns(out);
  Forecast forecast{.mean = head->Mean(columns, d).contiguous(),
                    .variance = head->Variance(columns, HeadParameters(member), d)};
  if (options.normalize_targets) {
    target.Invert(forecast.mean);
    forecast.variance.mul_(target.std_float().square());
  }
  if (options.shape.learns_termination()) forecast.termination = TerminationColumn(out).sigmoid();
  return forecast;
}

at::Tensor Ensemble::HeadParameters(std::int64_t member) const {
  return head->per_member() ? net.own().select(0, member) : shared;
}

at::Tensor Ensemble::HeadColumns(const at::Tensor& out) const {
  return out.narrow(1, 0, head->outputs(options.shape.targets()));
}

at::Tensor Ensemble::TerminationColumn(const at::Tensor& out) const {
  return out.select(1, out.size(1) - 1);
}

void Ensemble::Save(StateDict& state) const {
  state.PutString("kind", options.kind);
  nn::PutTensor(state, "params", net.params());
  nn::PutTensor(state, "shared", shared);
  input.Save(state, "input_");
  target.Save(state, "target_");
  state.Put("elites", elites);
}

void Ensemble::Load(const StateDict& state) {
  if (const std::string kind = state.GetString("kind"); kind != options.kind) {
    throw CheckpointError("the dynamics model is a '" + kind + "', not a '" + options.kind + "'");
  }
  auto loaded_elites = state.Get<std::int64_t>("elites");
  const bool in_range = std::all_of(loaded_elites.begin(), loaded_elites.end(),
                                    [&](std::int64_t e) { return e >= 0 && e < options.members; });
  if (loaded_elites.empty() || !in_range) {
    throw CheckpointError("entry 'elites' does not name members 0.." +
                          std::to_string(options.members - 1));
  }
  nn::GetTensorInto(state, "params", net.params());
  nn::GetTensorInto(state, "shared", shared);
  input.Load(state, "input_");
  target.Load(state, "target_");
  elites = std::move(loaded_elites);
}

}  // namespace dyna::dynamics
