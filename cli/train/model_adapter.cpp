#include "cli/train/model_adapter.hpp"

#include <torch/torch.h>

#include <span>
#include <utility>

#include "common/rules/rules.hpp"
#include "model_server/dynamics/dynamics_model.hpp"
#include "model_server/dynamics/encoding.hpp"

namespace dyna::cli {
namespace {

/// |next observation| or |reward| above this is absurd: the row has ended.
constexpr double kPredictionMax = 1e6;

std::span<const double> Row(const at::Tensor& values, std::int64_t row) {
  const std::int64_t columns = values.size(1);
  return {values.data_ptr<double>() + row * columns, static_cast<std::size_t>(columns)};
}

class ModelAdapter final : public learner::WorldModel {
 public:
  ModelAdapter(const dynamics::ModelOptions& options, const rules::Rules& rules,
               WeightsPort& weights)
      : shape_(options.shape),
        rules_(rules),
        weights_(weights),
        model_(dynamics::MakeDynamicsModel(options)) {}

  bool Refresh() override {
    if (const auto blob = weights_.FetchIfNewer(kModelWeights, version_)) {
      model_->Load(blob->arrays, dynamics::SaveScope::kPredict);
      version_ = blob->version;
    }
    return version_ > 0;
  }

  const std::vector<std::int64_t>& members() const override { return model_->elites(); }

  learner::WorldStep Step(const at::Tensor& obs, const at::Tensor& action,
                          const at::Tensor& members, const at::Tensor& noise) const override {
    const dynamics::Forecast forecast =
        model_->PredictRowsWithGraph(dynamics::EncodeInput(shape_, obs, action), members);
    const at::Tensor mean = forecast.mean.narrow(1, 1, shape_.obs_columns);
    const at::Tensor variance = forecast.variance.narrow(1, 1, shape_.obs_columns);
    // A variance of exactly zero has no root with a derivative.
    const at::Tensor next = obs + mean + variance.clamp_min(1e-20).sqrt() * noise;
    const at::Tensor reward = forecast.mean.select(1, 0);
    // A comparison with NaN is false, so one bound catches NaN, infinite and absurd alike.
    const at::Tensor valid = ((next.detach().abs() <= kPredictionMax).all(1) &
                              (reward.detach().abs() <= kPredictionMax));
    at::Tensor terminated = valid.logical_not();
    if (shape_.learns_termination()) terminated |= forecast.termination.detach() >= 0.5;
    if (shape_.termination == dynamics::Source::kKnown) AddKnown(obs, action, next, terminated);
    return {.next_obs = torch::where(valid.unsqueeze(1), next, obs),
            .reward = torch::where(valid, reward, torch::zeros({})),
            .terminated = terminated};
  }

 private:
  void AddKnown(const at::Tensor& obs, const at::Tensor& action, const at::Tensor& next_obs,
                at::Tensor& terminated) const {
    const auto plain = [](const at::Tensor& x) {
      return x.detach().to(torch::kFloat64).contiguous();
    };
    const at::Tensor s = plain(obs), a = plain(action), next = plain(next_obs);
    bool* flags = terminated.data_ptr<bool>();
    for (std::int64_t i = 0; i < s.size(0); ++i) {
      flags[i] = flags[i] || rules_.terminated(Row(s, i), Row(a, i), Row(next, i));
    }
  }

  dynamics::ModelShape shape_;
  rules::Rules rules_;
  WeightsPort& weights_;
  std::unique_ptr<dynamics::DynamicsModel> model_;
  std::uint64_t version_ = 0;
};

}  // namespace

std::unique_ptr<learner::WorldModel> MakeModelAdapter(Config& config,
                                                      const dynamics::ModelOptions& options,
                                                      const EnvSpec& spec, WeightsPort& weights) {
  if (options.shape.reward != dynamics::Source::kLearned) {
    throw config.Wrong("model.reward",
                       "\"learned\" for an algorithm that differentiates through the model");
  }
  return std::make_unique<ModelAdapter>(options, rules::RulesFor(spec.name), weights);
}

}  // namespace dyna::cli
