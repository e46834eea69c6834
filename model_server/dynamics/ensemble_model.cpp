#include "model_server/dynamics/ensemble_model.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "common/core/check.hpp"
#include "common/nn/torch/parallel.hpp"
#include "model_server/dynamics/graph_forward.hpp"

namespace dyna::dynamics {
namespace {

/// Few enough rows for a layer's activations to stay in a core's cache.
constexpr std::size_t kBlockRows = 512;

/// Rows that one member predicts together.
struct Block {
  std::int64_t member = 0;
  std::vector<std::int64_t> rows = {};
};

std::vector<Block> MakeBlocks(std::span<const std::int64_t> members_of_rows, std::int64_t members) {
  std::vector<std::vector<std::int64_t>> groups(static_cast<std::size_t>(members));
  for (std::size_t i = 0; i < members_of_rows.size(); ++i) {
    const std::int64_t member = members_of_rows[i];
    DYNA_CHECK(member >= 0 && member < members);
    groups[static_cast<std::size_t>(member)].push_back(static_cast<std::int64_t>(i));
  }
  std::vector<Block> blocks;
  for (std::size_t e = 0; e < groups.size(); ++e) {
    for (std::size_t begin = 0; begin < groups[e].size(); begin += kBlockRows) {
      const std::size_t end = std::min(groups[e].size(), begin + kBlockRows);
      blocks.push_back({.member = static_cast<std::int64_t>(e),
                        .rows = {groups[e].begin() + static_cast<std::ptrdiff_t>(begin),
                                 groups[e].begin() + static_cast<std::ptrdiff_t>(end)}});
    }
  }
  return blocks;
}

}  // namespace

EnsembleModel::EnsembleModel(const ModelOptions& options, std::unique_ptr<const OutputHead> head,
                             MakeTrainer make_trainer)
    : ensemble_(options, std::move(head)), make_trainer_(make_trainer) {}

Forecast EnsembleModel::Predict(const at::Tensor& inputs) const {
  std::vector<at::Tensor> means;
  std::vector<at::Tensor> variances;
  std::vector<at::Tensor> terminations;
  for (std::int64_t e = 0; e < members(); ++e) {
    const std::vector<std::int64_t> one(static_cast<std::size_t>(inputs.size(0)), e);
    Forecast forecast = PredictRows(inputs, one);
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
  const std::int64_t d = ensemble_.options.shape.targets();
  Forecast all{.mean = torch::empty({rows, d}, torch::kFloat32),
               .variance = torch::empty({rows, d}, torch::kFloat32)};
  if (ensemble_.options.shape.learns_termination()) {
    all.termination = torch::empty({rows}, torch::kFloat32);
  }
  std::vector<Block> blocks = MakeBlocks(members_of_rows, members());
  nn::ParallelTasks(static_cast<std::int64_t>(blocks.size()), [&](std::int64_t i) {
    Block& block = blocks[static_cast<std::size_t>(i)];
    const at::Tensor index = torch::from_blob(
        block.rows.data(), {static_cast<std::int64_t>(block.rows.size())}, torch::kInt64);
    const Forecast part = ensemble_.PredictMember(block.member, inputs.index_select(0, index));
    all.mean.index_copy_(0, index, part.mean);
    all.variance.index_copy_(0, index, part.variance);
    if (all.termination.defined()) all.termination.index_copy_(0, index, part.termination);
  });
  return all;
}

Forecast EnsembleModel::PredictRowsWithGraph(const at::Tensor& inputs,
                                             const at::Tensor& members_of_rows) const {
  const std::int64_t d = ensemble_.options.shape.targets();
  const OutputHead& head = *ensemble_.head;
  const at::Tensor out = ForwardWithGraph(ensemble_.net, ensemble_.input, inputs, members_of_rows);
  const at::Tensor columns = ensemble_.HeadColumns(out);
  const at::Tensor parameters =
      head.per_member() ? ensemble_.net.own().index_select(0, members_of_rows) : ensemble_.shared;
  Forecast forecast{.mean = head.Mean(columns, d),
                    .variance = head.Variance(columns, parameters, d)};
  if (ensemble_.options.normalize_targets) {
    forecast.mean = ensemble_.target.Inverted(forecast.mean);
    forecast.variance = forecast.variance * ensemble_.target.std_float().square();
  }
  if (ensemble_.options.shape.learns_termination()) {
    forecast.termination = ensemble_.TerminationColumn(out).sigmoid();
  }
  return forecast;
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

Trainer& EnsembleModel::trainer() const {
  if (!trainer_) trainer_ = make_trainer_(ensemble_);
  return *trainer_;
}

}  // namespace dyna::dynamics
