#pragma once

#include <torch/torch.h>

#include <vector>

#include "model_server/dynamics/dynamics_model.hpp"

namespace dyna::testing_support {

/// Member e predicts reward 10 e + action and a change of state of (e + 1, 0); noise of variance
/// 4 in the reward only; termination probability given.
class FakeModel : public dynamics::DynamicsModel {
 public:
  std::int64_t members() const override { return 4; }
  const std::vector<std::int64_t>& elites() const override { return elites_; }
  dynamics::Forecast Predict(const at::Tensor& inputs) const override {
    std::vector<at::Tensor> means, variances, terminations;
    for (std::int64_t e = 0; e < members(); ++e) {
      const std::vector<std::int64_t> all(static_cast<std::size_t>(inputs.size(0)), e);
      const auto forecast = PredictRows(inputs, all);
      means.push_back(forecast.mean);
      variances.push_back(forecast.variance);
      terminations.push_back(forecast.termination);
    }
    return {at::stack(means), at::stack(variances), at::stack(terminations)};
  }
  dynamics::Forecast PredictRows(const at::Tensor& inputs,
                                 std::span<const std::int64_t> members) const override {
    asked.assign(members.begin(), members.end());
    const at::Tensor e =
        torch::tensor(at::ArrayRef<std::int64_t>(asked), torch::kInt64).to(torch::kFloat32);
    const at::Tensor zero = torch::zeros_like(e);
    return {at::stack({10.0 * e + inputs.select(1, 2), e + 1.0, zero}, 1),
            at::stack({zero + 4.0, zero, zero}, 1), zero + termination};
  }
  dynamics::Forecast PredictRowsWithGraph(const at::Tensor& inputs,
                                          const at::Tensor& members) const override {
    const auto* rows = members.data_ptr<std::int64_t>();
    return PredictRows(inputs, {rows, static_cast<std::size_t>(members.numel())});
  }
  dynamics::TrainReport Train(const dynamics::Dataset&) override { return {}; }
  void Save(StateDict&, dynamics::SaveScope) const override {}
  void Load(const StateDict&, dynamics::SaveScope) override {}

  double termination = 0.0;
  mutable std::vector<std::int64_t> asked = {};

 private:
  std::vector<std::int64_t> elites_ = {3, 1};
};

}  // namespace dyna::testing_support
