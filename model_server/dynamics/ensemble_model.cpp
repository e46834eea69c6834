#include "model_server/dynamics/ensemble_model.hpp"

#include <torch/torch.h>

#include <utility>

#include "common/core/check.hpp"

namespace dyna::dynamics {

EnsembleModel::EnsembleModel(const ModelOptions& options, std::unique_ptr<const OutputHead> head)
    : ensemble_(options, std::move(head)) {}

Forecast EnsembleModel::Predict(const at::Tensor& inputs) const {
  const torch::NoGradGuard no_grad;
  std::vector<at::Tensor> means;
  std::vector<at::Tensor> variances;
  std::vector<at::Tensor> terminations;
  for (std::int64_t e = 0; e < members(); ++e) {
    Forecast forecast = ensemble_.PredictMember(e, inputs);
    means.push_back(forecast.mean);
    variances.push_back(forecast.variance);
    if (forecast.termination.defined()) terminations.push_back(forecast.termination);
  }
  Forecast all{.mean = at::stack(means), .variance = at::stack(variances)};
  if (!terminations.empty()) all.termination = at::stack(terminations);
  return all;
}

Forecast EnsembleModel::PredictRows(const at::Tensor& inputs,
                                    std::span<const std::int64_t> members_of_rows) const {
  const torch::NoGradGuard no_grad;
  const std::int64_t rows = inputs.size(0);
  DYNA_CHECK(static_cast<std::int64_t>(members_of_rows.size()) == rows);
  std::vector<std::vector<std::int64_t>> groups(static_cast<std::size_t>(members()));
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int64_t member = members_of_rows[static_cast<std::size_t>(i)];
    DYNA_CHECK(member >= 0 && member < members());
    groups[static_cast<std::size_t>(member)].push_back(i);
  }
  const std::int64_t d = ensemble_.options.shape.targets();
  Forecast all{.mean = torch::empty({rows, d}, torch::kFloat32),
               .variance = torch::empty({rows, d}, torch::kFloat32)};
  if (ensemble_.options.shape.learns_termination()) {
    all.termination = torch::empty({rows}, torch::kFloat32);
  }
  for (std::size_t e = 0; e < groups.size(); ++e) {
    if (groups[e].empty()) continue;
    const at::Tensor index = torch::from_blob(
        groups[e].data(), {static_cast<std::int64_t>(groups[e].size())}, torch::kInt64);
    const Forecast part =
        ensemble_.PredictMember(static_cast<std::int64_t>(e), inputs.index_select(0, index));
    all.mean.index_copy_(0, index, part.mean);
    all.variance.index_copy_(0, index, part.variance);
    if (all.termination.defined()) all.termination.index_copy_(0, index, part.termination);
  }
  return all;
}

TrainReport EnsembleModel::Train(const Dataset& data) { return trainer().Train(ensemble_, data); }

void EnsembleModel::Save(StateDict& state, SaveScope scope) const {
  ensemble_.Save(state);
  if (scope == SaveScope::kContinue) trainer().Save(state);
}

void EnsembleModel::Load(const StateDict& state, SaveScope scope) {
  ensemble_.Load(state);
  if (scope == SaveScope::kContinue) trainer().Load(state);
}

EnsembleTrainer& EnsembleModel::trainer() const {
  if (!trainer_) trainer_ = std::make_unique<EnsembleTrainer>(ensemble_);
  return *trainer_;
}

}  // namespace dyna::dynamics
