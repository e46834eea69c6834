#include "cli/render/imagine.hpp"

#include <torch/torch.h>

#include "common/checkpoint/checkpoint_folder.hpp"
#include "common/core/error.hpp"
#include "model_server/dynamics/dynamics_model.hpp"
#include "model_server/imagination/model_step.hpp"

namespace dyna::cli {
namespace {

/// The model trainer's arrays: in the checkpoint of `dyna train`, and beside the learner's in a
/// cluster's run folder.
StateDict ModelArrays(const RunSource& run) {
  StateDict arrays = run.state.Sub("run/model_trainer/");
  const auto beside = run.folder->path() / "model_server";
  if (arrays.arrays().empty() && !CheckpointFolder(beside).Files().empty()) {
    arrays = CheckpointFolder(beside).LoadLatest().state.Sub("trainer/");
  }
  if (arrays.arrays().empty()) {
    throw OperatorError("--imagined: '" + run.checkpoint.string() +
                        "' holds no model: the run learns without one");
  }
  if (arrays.GetScalar<std::uint64_t>("version") == 0) {
    throw OperatorError("--imagined: the model in '" + run.checkpoint.string() +
                        "' is not trained yet");
  }
  return arrays.Sub("model/");
}

at::Tensor RowTensor(const std::vector<double>& values) {
  return torch::tensor(values, torch::kFloat64).to(torch::kFloat32).unsqueeze(0);
}

std::vector<double> RowOf(const at::Tensor& tensor) {
  const at::Tensor row = tensor.reshape({-1}).to(torch::kFloat64).contiguous();
  return {row.data_ptr<double>(), row.data_ptr<double>() + row.numel()};
}

}  // namespace

std::vector<std::vector<double>> Imagine(const RunSource& run, Config& config, const EnvSpec& spec,
                                         const Episode& episode) {
  const torch::NoGradGuard no_grad;
  const StateDict arrays = ModelArrays(run);
  auto options = imagination::ImaginationOptions::From(config, spec);
  options.propagation = imagination::Propagation::kMean;
  options.deterministic_model = true;
  const auto model = dynamics::MakeDynamicsModel(options.model);
  model->Load(arrays, dynamics::SaveScope::kPredict);
  imagination::ModelStep step(options);
  std::vector<std::vector<double>> imagined = {episode.obs.front()};
  at::Tensor obs = RowTensor(episode.obs.front());
  for (const auto& action : episode.actions) {
    const auto outcome = step.Roll(*model, obs, RowTensor(action));
    if (!outcome.valid.all().item<bool>()) break;
    obs = outcome.next_obs;
    imagined.push_back(RowOf(obs));
  }
  return imagined;
}

}  // namespace dyna::cli
