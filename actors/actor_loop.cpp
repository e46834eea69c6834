#include "actors/actor_loop.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "actors/observe_row.hpp"
#include "common/core/check.hpp"

namespace dyna::actors {
namespace {

/// A terminated or truncated step ends the episode.
bool Ended(const envs::StepResult& step) { return step.terminated || step.truncated; }

}  // namespace

ActorLoop::Options ActorLoop::Options::From(Config& config) {
  constexpr std::int64_t kStepsMax = 1'000'000'000;
  Options options;
  options.environments = config.GetInt("actor.environments", 1, 1, 4096);
  options.random_steps = config.GetInt("actor.random_steps", 0, 0, kStepsMax);
  options.random_hold = config.GetInt("actor.random_hold", 1, 1, 10'000);
  options.epsilon_start = config.GetDouble("actor.epsilon_start", 0.1, 0.0, 1.0);
  options.epsilon_end = config.GetDouble("actor.epsilon_end", options.epsilon_start, 0.0, 1.0);
  options.epsilon_steps = config.GetInt("actor.epsilon_steps", 1, 1, kStepsMax);
  options.seed = static_cast<std::uint64_t>(
      config.GetInt("run.seed", 0, 0, std::numeric_limits<std::int64_t>::max()));
  return options;
}

ActorLoop::ActorLoop(const Options& options,
                     std::vector<std::unique_ptr<envs::Environment>> environments,
                     ReplayPort& replay, WeightsPort& weights)
    : options_(options),
      spec_(environments.at(0)->spec()),
      replay_(replay),
      weights_(weights),
      env_rng_(options.seed, "actor.env", options.producer),
      action_rng_(options.seed, "actor.action", options.producer) {
  for (auto& environment : environments) slots_.push_back({.environment = std::move(environment)});
  obs_.resize(static_cast<Eigen::Index>(slots_.size()), spec_.observation.columns());
  held_ = RowMatrix::Zero(obs_.rows(), spec_.action.columns());
  scratch_.resize(static_cast<std::size_t>(spec_.observation.columns()));
  if (options_.random_steps > 0) UniformActions check(spec_);  // refuse unbounded spaces now
  for (std::size_t i = 0; i < slots_.size(); ++i) BeginEpisode(i);
}

Status ActorLoop::Step() {
  // 1. hand over rows that replay refused last time
  if (unsent_) {
    if (Status sent = replay_.Append(kRealTable, *unsent_); !sent.ok()) return sent;
    unsent_.reset();
  }
  // 2. fetch a newer policy
  FetchPolicy();
  // 3. choose actions; 4. step the environments
  TransitionBatch rows = StepEnvironments(ChooseActions());
  // 5. append the rows
  Status sent = replay_.Append(kRealTable, rows);
  if (!sent.ok()) unsent_ = rows;
  // 6. begin new episodes where one ended
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    if (rows.terminated[row] != 0.0F || rows.truncated[row] != 0.0F) BeginEpisode(i);
  }
  return sent;
}

void ActorLoop::FetchPolicy() {
  if (const auto blob = weights_.FetchIfNewer(kPolicyWeights, policy_version_)) {
    auto policy = nn::PolicyWeights::FromStateDict(blob->arrays);
    policy.RequireFits(spec_);
    policy_.emplace(std::move(policy));
    policy_version_ = blob->version;
  }
}

double ActorLoop::epsilon() const noexcept {
  const double progress =
      std::min(1.0, static_cast<double>(run_steps()) / static_cast<double>(options_.epsilon_steps));
  return options_.epsilon_start + progress * (options_.epsilon_end - options_.epsilon_start);
}

std::int64_t ActorLoop::run_steps() const noexcept { return std::max(env_steps_, run_steps_); }

bool ActorLoop::acts_at_random() const noexcept {
  return run_steps() < options_.random_steps || !policy_;
}

RowMatrix ActorLoop::ChooseActions() {
  if (acts_at_random()) return ChooseRandomActions();
  return PolicyActions(*policy_, /*deterministic=*/false, epsilon()).Act(obs_, action_rng_);
}

RowMatrix ActorLoop::ChooseRandomActions() {
  const RowMatrix fresh = UniformActions(spec_).Act(obs_, action_rng_);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    if (slots_[i].episode_steps % options_.random_hold == 0) held_.row(row) = fresh.row(row);
  }
  return held_;
}

std::vector<envs::StepResult> ActorLoop::StepAll(const RowMatrix& actions, RowMatrix& next_obs) {
  std::vector<double> action(static_cast<std::size_t>(actions.cols()));
  const auto read = [&](std::size_t i) {
    for (Eigen::Index j = 0; j < actions.cols(); ++j) {
      action[static_cast<std::size_t>(j)] =
          static_cast<double>(actions(static_cast<Eigen::Index>(i), j));
    }
    return std::span<const double>(action);
  };
  for (std::size_t i = 0; i < slots_.size(); ++i) slots_[i].environment->Announce(read(i));
  std::vector<envs::StepResult> steps;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].failed = true;  // until it has come back
    steps.push_back(slots_[i].environment->Step(read(i), env_rng_));
    slots_[i].failed = false;
    ObserveRow(*slots_[i].environment, scratch_, static_cast<Eigen::Index>(i), next_obs);
  }
  return steps;
}

TransitionBatch ActorLoop::StepEnvironments(const RowMatrix& actions) {
  auto rows = TransitionBatch::Zeros(obs_.rows(), spec_.transition_shape());
  rows.obs = obs_;
  rows.action = actions;
  const bool random = acts_at_random();
  // All steps before any bookkeeping: if one throws, what is saved knows nothing of this one.
  const std::vector<envs::StepResult> steps = StepAll(actions, rows.next_obs);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    Slot& slot = slots_[i];
    const envs::StepResult& step = steps[i];
    rows.reward[row] = static_cast<float>(step.reward);
    rows.terminated[row] = step.terminated ? 1.0F : 0.0F;
    rows.truncated[row] = step.truncated ? 1.0F : 0.0F;
    rows.provenance[i] = {.episode = slot.episode,
                          .policy_version = random ? 0 : policy_version_,
                          .producer = options_.producer,
                          .step = static_cast<std::uint32_t>(slot.episode_steps)};
    ++env_steps_;
    ++slot.episode_steps;
    slot.episode_return += step.reward;
    if (Ended(step)) {
      ended_.push_back({.index = slot.episode,
                        .env_steps = env_steps_,
                        .steps = slot.episode_steps,
                        .episode_return = slot.episode_return,
                        .terminated = step.terminated});
    }
  }
  obs_ = rows.next_obs;
  return rows;
}

void ActorLoop::BeginEpisode(std::size_t slot) {
  Slot& begun = slots_[slot];
  begun.environment->Reset(env_rng_);
  begun.episode = episodes_++;
  begun.episode_steps = 0;
  begun.episode_return = 0.0;
  ObserveRow(*begun.environment, scratch_, static_cast<Eigen::Index>(slot), obs_);
}

std::vector<Episode> ActorLoop::TakeEpisodes() { return std::exchange(ended_, {}); }

void ActorLoop::Save(StateDict& state) const {
  DYNA_CHECK_MSG(!unsent_ && ended_.empty(), "save between steps, with episodes taken");
  state.PutRng("env_rng", env_rng_);
  state.PutRng("action_rng", action_rng_);
  state.PutScalar<std::int64_t>("env_steps", env_steps_);
  state.PutScalar<std::uint64_t>("episodes", episodes_);
  state.Put("held", std::span<const float>(held_.data(), static_cast<std::size_t>(held_.size())));
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const std::string prefix = "env" + std::to_string(i) + "/";
    // One that failed in the last step is somewhere unknown: it begins a new episode when loaded.
    if (!slots_[i].failed) state.Put(prefix + "snapshot", slots_[i].environment->Snapshot());
    state.PutScalar<std::uint64_t>(prefix + "episode", slots_[i].episode);
    state.PutScalar<std::int64_t>(prefix + "episode_steps", slots_[i].episode_steps);
    state.PutScalar<double>(prefix + "episode_return", slots_[i].episode_return);
  }
}

void ActorLoop::Load(const StateDict& state) {
  state.GetRng("env_rng", env_rng_);
  state.GetRng("action_rng", action_rng_);
  env_steps_ = state.GetScalar<std::int64_t>("env_steps");
  episodes_ = state.GetScalar<std::uint64_t>("episodes");
  state.GetInto("held", std::span<float>(held_.data(), static_cast<std::size_t>(held_.size())));
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const std::string prefix = "env" + std::to_string(i) + "/";
    if (!state.Has(prefix + "snapshot")) {
      BeginEpisode(i);
      continue;
    }
    slots_[i].environment->Restore(state.Get<double>(prefix + "snapshot"));
    slots_[i].episode = state.GetScalar<std::uint64_t>(prefix + "episode");
    slots_[i].episode_steps = state.GetScalar<std::int64_t>(prefix + "episode_steps");
    slots_[i].episode_return = state.GetScalar<double>(prefix + "episode_return");
    ObserveRow(*slots_[i].environment, scratch_, static_cast<Eigen::Index>(i), obs_);
  }
  // The policy itself comes back through the weights port, under its old version.
  policy_.reset();
  policy_version_ = 0;
}

}  // namespace dyna::actors
