#include "learner/algorithms/dqn.hpp"

#include <torch/torch.h>

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "common/nn/torch/flat_adam.hpp"
#include "common/nn/torch/mlp.hpp"
#include "common/nn/torch/parallel.hpp"
#include "learner/algorithms/batch_check.hpp"
#include "learner/algorithms/dqn_shard.hpp"

namespace dyna::learner {
namespace {

enum : std::size_t { kCriticLoss, kQMean, kLossCount };

void CheckSpaces(const EnvSpec& spec) {
  const std::string name = "learner.algorithm = 'dqn' needs ";
  const std::string but = ", but env.name = '" + spec.name + "' has ";
  if (!spec.action.discrete()) {
    throw ConfigError(name + "a discrete action space" + but + spec.action.ToString() +
                      "; use 'sac'");
  }
  if (spec.observation.discrete()) {
    throw ConfigError(name + "a box of observations" + but + spec.observation.ToString() +
                      "; use a tabular algorithm such as 'dyna_q'");
  }
}

// An index is about to be used as one.
void CheckActions(const SampleBatch& batch, std::int64_t actions) {
  for (const float action : batch.rows.action.reshaped()) {
    DYNA_CHECK(action >= 0.0F && action < static_cast<float>(actions));
  }
}

}  // namespace

DqnAlgorithm::Options DqnAlgorithm::Options::From(Config& config) {
  Options options;
  options.learning_rate = config.GetDouble("learner.learning_rate", 2.5e-4, 0.0, 1.0);
  options.gamma = config.GetDouble("learner.gamma", 0.99, 0.0, 1.0);
  options.hidden = config.GetInts("learner.hidden", {120, 84}, 1, 16, 1, 65536);
  options.target_update_interval =
      config.GetInt("learner.target_update_interval", 50, 1, 1'000'000'000);
  options.tau = config.GetDouble("learner.tau", 1.0, 0.0, 1.0);
  options.double_dqn = config.GetBool("learner.double_dqn", true);
  options.huber = config.GetChoice("learner.loss", "mse", {"mse", "huber"}) == "huber";
  options.loss_max = LossMaxFrom(config);
  return options;
}

struct DqnAlgorithm::Impl {
  Impl(const EnvSpec& spec, const Options& options_in, std::uint64_t seed);

  void TdErrors(const SampleBatch& batch);
  std::vector<double> Priorities(std::int64_t rows) const;
  void Step();

  Options options;
  TransitionShape shape;
  std::int64_t actions;
  nn::Mlp online;
  nn::Mlp target;
  nn::FlatAdam adam;
  std::array<float, kLossCount> losses = {};  // of the last update
  std::vector<DqnShard> shards = {};          // of the batch's rows, in order
  std::vector<const float*> parts = {};       // a gradient of each shard
};

DqnAlgorithm::Impl::Impl(const EnvSpec& spec, const Options& options_in, std::uint64_t seed)
    : options(options_in),
      shape(spec.transition_shape()),
      actions(spec.action.n),
      online({.inputs = shape.obs_columns, .hidden = options.hidden, .outputs = actions}),
      target({.inputs = shape.obs_columns, .hidden = options.hidden, .outputs = actions}),
      adam(online.layout(), {.learning_rate = options.learning_rate}) {
  Rng init(seed, "learner/init");
  online.InitGlorot(init);
  target.parameters().copy_(online.parameters());
}

void DqnAlgorithm::Impl::TdErrors(const SampleBatch& batch) {
  const std::int64_t rows = batch.rows.size();
  const std::int64_t count = nn::ShardCount(rows);
  shards.resize(static_cast<std::size_t>(count));
  const DqnBatch given = {.rows = &batch,
                          .online = &online,
                          .target = &target,
                          .gamma = static_cast<float>(options.gamma),
                          .double_dqn = options.double_dqn,
                          .huber = options.huber};
  nn::ParallelTasks(count, [&](std::int64_t i) {
    shards[static_cast<std::size_t>(i)].TdErrors(given, rows * i / count, rows * (i + 1) / count);
  });
}

std::vector<double> DqnAlgorithm::Impl::Priorities(std::int64_t rows) const {
  std::vector<double> priorities;
  priorities.reserve(static_cast<std::size_t>(rows));
  for (const DqnShard& shard : shards) {
    for (std::int64_t b = 0; b < shard.rows() && std::ssize(priorities) < rows; ++b) {
      priorities.push_back(std::abs(static_cast<double>(shard.td()[b])));
    }
  }
  return priorities;
}

void DqnAlgorithm::Impl::Step() {
  nn::ParallelTasks(std::ssize(shards),
                    [&](std::int64_t i) { shards[static_cast<std::size_t>(i)].Gradient(); });
  parts.clear();
  for (const DqnShard& shard : shards) parts.push_back(shard.gradient());
  adam.Step(nn::FloatSpan(online.parameters()), parts);
}

DqnAlgorithm::DqnAlgorithm(const EnvSpec& spec, const Options& options, std::uint64_t seed) {
  CheckSpaces(spec);
  impl_ = std::make_unique<Impl>(spec, options, seed);
}

DqnAlgorithm::~DqnAlgorithm() = default;

Status DqnAlgorithm::Update(BatchSource& source) {
  Impl& dqn = *impl_;
  // 1. A batch.
  const auto sampled = source.Sample();
  if (!sampled.ok()) return sampled.error();
  const SampleBatch& batch = sampled.value();
  CheckBatch(batch, dqn.shape);
  CheckActions(batch, dqn.actions);
  // 2. Targets and TD errors.
  dqn.TdErrors(batch);
  double loss = 0.0, q = 0.0;
  for (const DqnShard& shard : dqn.shards) {
    loss += shard.loss();
    q += shard.q();
  }
  const auto rows = static_cast<double>(batch.rows.size());
  RequireConverging("critic_loss", loss / rows, dqn.options.loss_max);
  // 3. Replay hears of them before anything changes.
  auto told = source.UpdatePriorities(dqn.Priorities(source.real_rows()));
  if (!told.ok()) return told;
  dqn.losses[kCriticLoss] = static_cast<float>(loss / rows);
  dqn.losses[kQMean] = static_cast<float>(q / rows);
  // 4. One step of the online net.
  dqn.Step();
  // 5. Target net.
  if (dqn.adam.steps() % dqn.options.target_update_interval == 0) {
    nn::LerpInto(nn::FloatSpan(dqn.target.parameters()), nn::FloatSpan(dqn.online.parameters()),
                 dqn.options.tau);
  }
  return Done{};
}

nn::PolicyWeights DqnAlgorithm::ActWeights() const {
  nn::PolicyWeights weights;
  weights.kind = nn::PolicyWeights::Kind::kQValues;
  weights.layers = impl_->online.Layers(0);
  return weights;
}

Losses DqnAlgorithm::LastLosses() const {
  const auto& values = impl_->losses;
  return {{"critic_loss", values[kCriticLoss]}, {"q_mean", values[kQMean]}};
}

void DqnAlgorithm::Save(StateDict& state) const {
  const Impl& dqn = *impl_;
  dqn.online.layout().Save("online/", dqn.online.parameters(), state);
  dqn.target.layout().Save("target/", dqn.target.parameters(), state);
  dqn.adam.Save("adam/", state);
  state.Put("last_losses", std::span<const float>(dqn.losses));
}

void DqnAlgorithm::Load(const StateDict& state) {
  Impl& dqn = *impl_;
  dqn.online.layout().Load("online/", state, dqn.online.parameters());
  dqn.target.layout().Load("target/", state, dqn.target.parameters());
  dqn.adam.Load("adam/", state);
  state.GetInto("last_losses", std::span<float>(dqn.losses));
}

}  // namespace dyna::learner
