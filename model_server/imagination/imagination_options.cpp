#include "model_server/imagination/imagination_options.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/core/error.hpp"

namespace dyna::imagination {
namespace {

constexpr std::int64_t kRowsMax = 100'000'000;

RolloutSchedule ReadSchedule(Config& config) {
  const RolloutSchedule fallback;
  const auto values =
      config.GetInts("imagination.rollout_schedule",
                     {fallback.e0, fallback.e1, fallback.k0, fallback.k1}, 4, 4, 0, 1'000'000'000);
  if (values[1] < values[0]) {
    throw config.Wrong("imagination.rollout_schedule",
                       "[first epoch, last epoch, first length, last length] with last epoch >= "
                       "first epoch");
  }
  return {.e0 = values[0], .e1 = values[1], .k0 = values[2], .k1 = values[3]};
}

ActionSource ReadActionSource(Config& config, const EnvSpec& spec) {
  const std::string name =
      config.GetChoice("imagination.action_source", "policy", {"policy", "buffer", "random"});
  if (name == "policy") return ActionSource::kPolicy;
  if (name == "buffer") return ActionSource::kBuffer;
  const auto finite = [](double bound) { return std::isfinite(bound); };
  if (!std::all_of(spec.action.low.begin(), spec.action.low.end(), finite) ||
      !std::all_of(spec.action.high.begin(), spec.action.high.end(), finite)) {
    throw config.Wrong("imagination.action_source", "\"policy\" or \"buffer\": the actions of " +
                                                        spec.name + " have no bounds to draw from");
  }
  return ActionSource::kRandom;
}

StartSource ReadStartSource(Config& config) {
  const std::string name =
      config.GetChoice("imagination.start_source", "buffer", {"buffer", "recent", "initial"});
  if (name == "recent") return StartSource::kRecent;
  return name == "initial" ? StartSource::kInitial : StartSource::kBuffer;
}

}  // namespace

ImaginationOptions ImaginationOptions::From(Config& config, const EnvSpec& spec,
                                            std::uint32_t worker_id) {
  ImaginationOptions o;
  o.model = dynamics::ModelOptions::From(config, spec);
  o.rules = rules::RulesFor(spec.name);
  o.schedule = ReadSchedule(config);
  o.start_source = ReadStartSource(config);
  o.action_source = ReadActionSource(config, spec);
  const std::string propagation =
      config.GetChoice("imagination.propagation", "random_elite", {"random_elite", "mean"});
  o.propagation = propagation == "mean" ? Propagation::kMean : Propagation::kRandomElite;
  o.deterministic_model = config.GetBool("imagination.deterministic_model", o.deterministic_model);
  o.epsilon = config.GetDouble("imagination.epsilon", o.epsilon, 0.0, 1.0);
  o.rollout_batch = config.GetInt("imagination.rollout_batch", o.rollout_batch, 1, kRowsMax);
  o.chunk_rows = config.GetInt("imagination.chunk_rows", o.chunk_rows, 1, 10'000'000);
  o.retain_epochs = config.GetInt("imagination.retain_epochs", o.retain_epochs, 1, 10'000);
  o.recent_rows = config.GetInt("imagination.recent_rows", o.recent_rows, 1, kRowsMax);
  o.initial_rows_max =
      config.GetInt("imagination.initial_rows_max", o.initial_rows_max, 1, kRowsMax);
  o.stale_versions = config.GetInt("imagination.stale_versions", o.stale_versions, 0, 1'000'000);
  o.prediction_max = config.GetDouble("imagination.prediction_max", o.prediction_max, 1e-3, 1e30);
  o.train_every = config.GetInt("model.train_every", o.train_every, 1, 1'000'000'000);
  o.epoch_steps = config.GetInt("run.epoch_steps", o.epoch_steps, 1, 1'000'000'000);
  o.random_steps = config.GetInt("actor.random_steps", o.random_steps, 0, 1'000'000'000);
  o.worker_id = worker_id;
  o.seed = o.model.seed;
  return o;
}

}  // namespace dyna::imagination
