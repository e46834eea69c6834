#include "actors/envs/bridge/fleet.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "actors/envs/snapshot_count.hpp"
#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna::envs::bridge {
namespace {

/// Of an episode, kept for bringing it back: 8 MiB an environment. One that goes on for longer can
/// only begin anew.
constexpr std::size_t kActionValuesMax = std::size_t{1} << 20U;
/// Numbers of a snapshot before the observation: steps, seed, whether reset, whether complete.
constexpr std::size_t kSnapshotHead = 4;

}  // namespace

Fleet::Fleet(Options options) : options_(std::move(options)) {
  Begin();
  slots_.resize(options_.make.count);
  for (Slot& slot : slots_) {
    slot.obs.assign(static_cast<std::size_t>(spec_.observation.columns()), 0.0);
  }
}

void Fleet::Begin() {
  link_.reset();  // the old process first: two may not fit
  link_ = std::make_unique<Link>(options_.link);
  const auto answer =
      link_->Ask(EncodeMake(link_->NextNumber(), options_.make), Type::kMade, "make it");
  auto made = DecodeMade(answer.view());
  if (!made.ok()) link_->Fail(made.error().message);
  EnvSpec spec = std::move(made).value();
  spec.name = options_.link.label;
  if (!spec_.name.empty() && !(spec == spec_)) link_->Fail("came back with other spaces");
  spec_ = std::move(spec);
}

template <class Attempt>
auto Fleet::WithRestarts(Attempt attempt) {
  while (true) {
    try {
      return attempt();
    } catch (const EnvironmentError& error) {
      if (restarts_ >= options_.restarts_max) throw;
      ++restarts_;
      std::fprintf(stderr, "dyna: %s\ndyna: restarting it (%lld of env.restarts_max = %lld)\n",
                   error.what(), static_cast<long long>(restarts_),
                   static_cast<long long>(options_.restarts_max));
    }
    try {
      Begin();
    } catch (const EnvironmentError&) {
      if (restarts_ >= options_.restarts_max) throw;
      continue;  // the attempt fails on what is left of it, and counts
    }
    for (Slot& slot : slots_) slot.stale = slot.begun;
  }
}

std::string Fleet::Whose(std::uint32_t i, const std::string& doing) const {
  return slots_.size() == 1 ? doing : doing + " (copy " + std::to_string(i) + ")";
}

void Fleet::Reset(std::uint32_t i, std::uint64_t seed) {
  Slot& slot = slots_[i];
  slot.begun = slot.stale = false;
  slot.announced.clear();
  slot.next_obs.clear();
  slot.obs = WithRestarts([&] {
    const auto answer = link_->Ask(EncodeReset(link_->NextNumber(), i, seed), Type::kObservation,
                                   Whose(i, "reset(seed=" + std::to_string(seed) + ")"));
    auto obs = DecodeObservation(answer.view(), spec_.observation.columns());
    if (!obs.ok()) link_->Fail(obs.error().message);
    return std::move(obs).value();
  });
  slot.begun = true;
  slot.stale = false;
  slot.seed = seed;
  slot.steps = 0;
  slot.actions.clear();
}

void Fleet::Announce(std::uint32_t i, std::span<const double> action) {
  slots_[i].announced.assign(action.begin(), action.end());
}

StepResult Fleet::Step(std::uint32_t i, std::span<const double> action) {
  Slot& slot = slots_[i];
  if (slot.next_obs.empty()) {
    if (!slot.begun) throw EnvironmentError("environment " + spec_.name + " was never reset");
    slot.announced.assign(action.begin(), action.end());
    WithRestarts([this] {
      StepAnnounced();
      return true;
    });
  }
  DYNA_CHECK_MSG(
      std::equal(action.begin(), action.end(), slot.announced.begin(), slot.announced.end()),
      "another action than was announced");
  const bool known =
      slot.known_actions(columns()) && slot.actions.size() + action.size() <= kActionValuesMax;
  if (known) {
    slot.actions.insert(slot.actions.end(), action.begin(), action.end());
  } else {
    slot.actions.clear();
  }
  ++slot.steps;
  slot.obs.swap(slot.next_obs);
  slot.next_obs.clear();
  slot.announced.clear();
  return slot.result;
}

void Fleet::StepAnnounced() {
  std::vector<std::uint32_t> who;
  std::vector<double> actions;
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.announced.empty() || !slot.begun || !slot.next_obs.empty()) continue;
    if (slot.stale) BringBack(i);
    who.push_back(i);
    actions.insert(actions.end(), slot.announced.begin(), slot.announced.end());
  }
  const auto answer =
      link_->Ask(EncodeStep(link_->NextNumber(), who, actions), Type::kStepped, "step");
  const auto stepped = DecodeStepped(answer.view(), who.size(), spec_.observation.columns());
  if (!stepped.ok()) link_->Fail(stepped.error().message);
  const Stepped& all = stepped.value();
  RequireFinite(all, who);
  auto obs = all.obs.begin();
  for (std::size_t k = 0; k < who.size(); ++k) {
    Slot& slot = slots_[who[k]];
    const auto end = obs + spec_.observation.columns();
    slot.next_obs.assign(obs, end);
    obs = end;
    // Gymnasium allows both; what ended the future cuts the bootstrap for the better reason.
    slot.result = {.reward = all.reward[k],
                   .terminated = all.terminated[k],
                   .truncated = all.truncated[k] && !all.terminated[k]};
  }
}

void Fleet::RequireFinite(const Stepped& all, std::span<const std::uint32_t> who) const {
  const auto columns_of_obs = static_cast<std::size_t>(spec_.observation.columns());
  for (std::size_t k = 0; k < who.size(); ++k) {
    const auto refuse = [&](const std::string& what, double value) {
      link_->Fail(Whose(who[k], "step " + std::to_string(slots_[who[k]].steps + 1)) + ": " + what +
                  " = " + std::to_string(value) + " is not finite");
    };
    if (!std::isfinite(all.reward[k])) refuse("reward", all.reward[k]);
    for (std::size_t j = 0; j < columns_of_obs; ++j) {
      const double value = all.obs[k * columns_of_obs + j];
      if (!std::isfinite(value)) refuse("observation[" + std::to_string(j) + "]", value);
    }
  }
}

void Fleet::BringBack(std::uint32_t i) {
  Slot& slot = slots_[i];
  if (!slot.known_actions(columns())) {
    link_->Fail("an episode of " + std::to_string(slot.steps) +
                " steps is too long to be brought back");
  }
  const auto answer =
      link_->Ask(EncodeReplay(link_->NextNumber(), i, slot.seed,
                              static_cast<std::uint32_t>(slot.steps), slot.actions),
                 Type::kObservation, Whose(i, "repeat " + std::to_string(slot.steps) + " steps"));
  const auto obs = DecodeObservation(answer.view(), spec_.observation.columns());
  if (!obs.ok()) link_->Fail(obs.error().message);
  if (obs.value() != slot.obs) {
    link_->Fail("does not repeat itself: after the same seed and " + std::to_string(slot.steps) +
                " actions it is elsewhere, so an interrupted episode cannot go on; does it draw "
                "random numbers from self.np_random only, after super().reset(seed=seed)?");
  }
  slot.stale = false;
}

std::vector<double> Fleet::Snapshot(std::uint32_t i) const {
  const Slot& slot = slots_[i];
  std::vector<double> snapshot = {static_cast<double>(slot.steps), static_cast<double>(slot.seed),
                                  slot.begun ? 1.0 : 0.0,
                                  slot.known_actions(columns()) ? 1.0 : 0.0};
  snapshot.insert(snapshot.end(), slot.obs.begin(), slot.obs.end());
  snapshot.insert(snapshot.end(), slot.actions.begin(), slot.actions.end());
  return snapshot;
}

void Fleet::Restore(std::uint32_t i, std::span<const double> snapshot) {
  Slot slot;
  const std::size_t head = kSnapshotHead + slots_[i].obs.size();
  if (snapshot.size() < head) {
    throw CheckpointError("snapshot of " + spec_.name + " has " + std::to_string(snapshot.size()) +
                          " values, not " + std::to_string(head) + " or more");
  }
  slot.steps = CountFromSnapshot(snapshot[0], spec_.name);
  slot.seed = static_cast<std::uint64_t>(CountFromSnapshot(snapshot[1], spec_.name));
  slot.begun = snapshot[2] != 0.0;
  slot.obs.assign(snapshot.begin() + kSnapshotHead,
                  snapshot.begin() + static_cast<std::ptrdiff_t>(head));
  slot.actions.assign(snapshot.begin() + static_cast<std::ptrdiff_t>(head), snapshot.end());
  const bool complete = snapshot[3] != 0.0;
  if (complete ? !slot.known_actions(columns()) : !slot.actions.empty()) {
    throw CheckpointError("snapshot of " + spec_.name + " has " +
                          std::to_string(slot.actions.size()) + " numbers for the actions of " +
                          std::to_string(slot.steps) + " steps");
  }
  slot.stale = slot.begun;
  slots_[i] = std::move(slot);
}

Image Fleet::Render(std::uint32_t i) {
  return WithRestarts([&] {
    if (slots_[i].stale) BringBack(i);
    const auto answer = link_->Ask(EncodeAbout(link_->NextNumber(), Type::kRender, i), Type::kFrame,
                                   Whose(i, "render"));
    auto image = DecodeFrame(answer.view());
    if (!image.ok()) link_->Fail(image.error().message);
    return std::move(image).value();
  });
}

std::string Fleet::Info(std::uint32_t i) {
  return WithRestarts([&] {
    if (slots_[i].stale) BringBack(i);
    const auto answer = link_->Ask(EncodeAbout(link_->NextNumber(), Type::kInfo, i),
                                   Type::kInfoText, Whose(i, "tell its info"));
    auto text = DecodeInfo(answer.view());
    if (!text.ok()) link_->Fail(text.error().message);
    return std::move(text).value();
  });
}

}  // namespace dyna::envs::bridge
