#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "cli/bench/bench_case.hpp"
#include "cli/bench/bench_shapes.hpp"
#include "cli/bench/bench_spec.hpp"
#include "cli/bench/random_policy.hpp"
#include "cli/bench/random_rows.hpp"
#include "common/core/check.hpp"
#include "model_server/dynamics/ensemble_optimizer.hpp"
#include "model_server/dynamics/gaussian_head.hpp"
#include "model_server/dynamics/row_index.hpp"
#include "model_server/imagination/imaginer.hpp"
#include "replay/local_replay_port.hpp"

namespace dyna::cli {
namespace {

constexpr TransitionShape kShape = {kObs, kActions};

dynamics::ModelOptions Options() {
  dynamics::ModelOptions options;
  options.shape = {.obs_columns = kObs, .action_columns = kActions};
  options.members = kMembers;
  options.elites = kElites;
  options.hidden.assign(kModelLayers, kModelHidden);
  options.batch_rows = kBatch;
  return options;
}

/// One gradient step of all members, each on rows of its own, from a table in memory.
struct Training {
  Training() : data(ensemble.options.shape) { data.Append(RandomRows(kTableRows, kShape, 0)); }
  double Step() {
    dynamics::MemberRows rows(kMembers, std::vector<std::int64_t>(kBatch));
    for (auto& member : rows) {
      for (auto& row : member) row = static_cast<std::int64_t>(rng.Below(kTableRows));
    }
    const std::vector<std::span<const std::int64_t>> views(rows.begin(), rows.end());
    optimizer.Step(ensemble, data, views);
    return 1.0;
  }
  dynamics::Ensemble ensemble{Options(), std::make_unique<dynamics::GaussianHead>(0.01)};
  dynamics::EnsembleOptimizer optimizer{ensemble};
  dynamics::Dataset data;
  Rng rng{2, "bench"};
};

/// A whole imagination worker: starts drawn from the real table, rollouts of `horizon` steps, every
/// row appended to the synthetic table, which keeps the rows of one round.
struct Imagination {
  explicit Imagination(std::int64_t horizon) : imaginer(Configured(horizon), spec, port, weights) {
    DYNA_CHECK(shard.Append(kRealTable, RandomRows(kTableRows, kShape, 0)).ok());
    StateDict model;
    dynamics::MakeDynamicsModel(Options())->Save(model, dynamics::SaveScope::kPredict);
    Publish(kModelWeights, std::move(model));
    Publish(kPolicyWeights, RandomPolicy().ToStateDict());
  }
  void Publish(const char* name, StateDict arrays) {
    weights.Publish(name, std::make_shared<WeightsBlob>(
                              WeightsBlob{.version = 1, .arrays = std::move(arrays)}));
  }
  static imagination::ImaginationOptions Configured(std::int64_t horizon) {
    imagination::ImaginationOptions options;
    options.model = Options();
    options.schedule = {.e0 = 0, .e1 = 1, .k0 = horizon, .k1 = horizon};
    options.rollout_batch = kStarts;
    options.train_every = options.epoch_steps;
    return options;
  }
  double Round() { return static_cast<double>(imaginer.Step().value().rows); }

  EnvSpec spec = SacSpec();
  replay::ReplayShard shard{{.tables = {{kRealTable, {.capacity = kTableRows, .shape = kShape}},
                                        {kSyntheticTable, {.shape = kShape}}}},
                            1};
  replay::LocalReplayPort port{shard};
  LocalWeightsPort weights;
  imagination::Imaginer imaginer;
};

double ModelMacs() {
  return static_cast<double>(kInputs * kModelHidden +
                             (kModelLayers - 1) * kModelHidden * kModelHidden +
                             kModelHidden * 2 * kTargets);
}

BenchCase ImaginationCase(const char* key, std::int64_t horizon) {
  return {.key = key,
          .gflop = 2e-9 * (ModelMacs() + PolicyMacs()),
          .ours = [worker = std::make_shared<Imagination>(horizon)] { return worker->Round(); },
          .baseline = TorchImagination(horizon)};
}

}  // namespace

std::vector<BenchCase> ModelCases() {
  // Forward, by weights, by inputs; the data's gradient is not wanted.
  const double training_macs = 3.0 * ModelMacs() - static_cast<double>(kInputs * kModelHidden);
  return {{.key = "ensemble_steps_per_s",
           .gflop = 2e-9 * kMembers * kBatch * training_macs,
           .ours = [training = std::make_shared<Training>()] { return training->Step(); },
           .baseline = TorchEnsemble()},
          ImaginationCase("synthetic_rows_per_s", kHorizon),
          ImaginationCase("synthetic_rows_per_s_horizon_1", 1)};
}

}  // namespace dyna::cli
