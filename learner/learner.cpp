#include "learner/learner.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "common/core/check.hpp"

namespace dyna::learner {

Learner::Options Learner::Options::From(Config& config, bool imagination) {
  constexpr std::int64_t kStepsMax = 1'000'000'000;
  const std::int64_t random_steps = config.GetInt("actor.random_steps", 0, 0, kStepsMax);
  Options options;
  options.updates_per_step = config.GetDouble("learner.updates_per_step", 1.0, 0.001, 1000.0);
  options.learning_starts = config.GetInt("learner.learning_starts", random_steps, 0, kStepsMax);
  options.publish_every =
      config.GetInt("learner.publish_every",
                    std::max<std::int64_t>(1, std::llround(options.updates_per_step)), 1, 100'000);
  options.mixer.batch_size = config.GetInt("learner.batch_size", 256, 1, 65'536);
  // Official MBPO: 5 % real rows in every batch.
  options.mixer.real_fraction = config.GetDouble("learner.real_fraction", 0.05, 0.0, 1.0);
  if (!imagination) options.mixer.real_fraction = 1.0;
  options.mixer.prioritized = config.GetBool("replay.prioritized", false);
  options.mixer.beta_start = config.GetDouble("replay.priority_beta_start", 0.4, 0.0, 1.0);
  options.mixer.beta_updates = config.GetInt("replay.priority_beta_updates", 100'000, 1, kStepsMax);
  return options;
}

Learner::Learner(const Options& options, std::unique_ptr<Algorithm> algorithm, ReplayPort& replay,
                 WeightsPort& weights)
    : options_(options),
      algorithm_(std::move(algorithm)),
      replay_(replay),
      weights_(weights),
      mixer_(options.mixer, replay),
      limit_({.updates_per_step = options.updates_per_step,
              .learning_starts = options.learning_starts,
              .burst_steps = options.burst_steps,
              .first_steps_count = options.first_steps_count}) {}

Status Learner::Step() {
  // 1. wait unless the ratio allows an update
  const auto counters = replay_.Counters(kRealTable);
  if (!counters.ok()) return counters.error();
  if (Status due = limit_.Admit(updates_, counters.value().inserted); !due.ok()) return due;
  // 2. one update of the algorithm on a mixed batch
  if (Status updated = algorithm_->Update(mixer_); !updated.ok()) return updated;
  ++updates_;
  // 3. publish the policy when publish_every updates have passed
  if (updates_ % options_.publish_every == 0) Publish();
  return Done{};
}

Status Learner::ForgoBacklog() {
  const auto counters = replay_.Counters(kRealTable);
  if (!counters.ok()) return counters.error();
  const auto per_step = static_cast<std::int64_t>(std::ceil(options_.updates_per_step));
  limit_.Forgo(updates_, counters.value().inserted, per_step);
  return Done{};
}

void Learner::Publish() {
  published_ = std::make_shared<const WeightsBlob>(
      WeightsBlob{.version = version() + 1, .arrays = algorithm_->ActWeights().ToStateDict()});
  weights_.Publish(kPolicyWeights, published_);
}

void Learner::Save(StateDict& state) const {
  state.PutScalar<std::int64_t>("updates", updates_);
  state.PutScalar<std::uint64_t>("version", version());
  if (published_) state.Merge("published/", published_->arrays);
  StateDict part;
  algorithm_->Save(part);
  state.Merge("algorithm/", std::move(part));
  part = StateDict();
  mixer_.Save(part);
  state.Merge("mixer/", std::move(part));
  part = StateDict();
  limit_.Save(part);
  state.Merge("limit/", std::move(part));
}

void Learner::Load(const StateDict& state) {
  updates_ = state.GetScalar<std::int64_t>("updates");
  algorithm_->Load(state.Sub("algorithm/"));
  mixer_.Load(state.Sub("mixer/"));
  limit_.Load(state.Sub("limit/"));
  published_.reset();
  const auto version = state.GetScalar<std::uint64_t>("version");
  if (version == 0) return;
  published_ = std::make_shared<const WeightsBlob>(
      WeightsBlob{.version = version, .arrays = state.Sub("published/")});
  weights_.Publish(kPolicyWeights, published_);
}

void Learner::SkipVersions(std::uint64_t published) {
  if (published <= version()) return;
  published_ = std::make_shared<const WeightsBlob>(
      WeightsBlob{.version = published, .arrays = algorithm_->ActWeights().ToStateDict()});
}

}  // namespace dyna::learner
