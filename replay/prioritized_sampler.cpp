#include "replay/prioritized_sampler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace dyna::replay {

PrioritizedSampler::PrioritizedSampler(double alpha) : alpha_(alpha) {
  DYNA_CHECK_MSG(alpha >= 0.0 && alpha <= 1.0, "alpha " << alpha);
}

double PrioritizedSampler::LeafOf(double priority) const {
  return priority > 0.0 ? std::pow(priority, alpha_) : 0.0;  // 0^0 is 1, yet 0 means never
}

void PrioritizedSampler::OnAppend(std::int64_t slot) { tree_.Set(slot, leaf_max_); }

void PrioritizedSampler::OnEvict(std::int64_t slot) { tree_.Set(slot, 0.0); }

void PrioritizedSampler::OnRelayout(std::int64_t slots, std::span<const std::int64_t> old_slots) {
  std::vector<double> leaves(static_cast<std::size_t>(slots), 0.0);
  for (std::size_t slot = 0; slot < old_slots.size(); ++slot) {
    leaves[slot] = tree_.Get(old_slots[slot]);
  }
  tree_.Assign(leaves);
}

bool PrioritizedSampler::Draw(const ColumnRing& /*ring*/, double importance_beta, Rng& rng,
                              std::span<std::int64_t> slots, SampleBatch& batch) {
  const double total = tree_.total();
  if (total <= 0.0) return false;
  const double range = total / static_cast<double>(slots.size());
  double leaf_min = total;
  for (std::size_t row = 0; row < slots.size(); ++row) {
    slots[row] = tree_.Find((static_cast<double>(row) + rng.Uniform()) * range);
    leaf_min = std::min(leaf_min, tree_.Get(slots[row]));
  }
  // (N P(i))^-beta / max_j (N P(j))^-beta: N and the total cancel.
  batch.weights.resize(static_cast<Eigen::Index>(slots.size()));
  for (std::size_t row = 0; row < slots.size(); ++row) {
    const double ratio = leaf_min / tree_.Get(slots[row]);
    batch.weights[static_cast<Eigen::Index>(row)] =
        static_cast<float>(importance_beta == 0.0 ? 1.0 : std::pow(ratio, importance_beta));
  }
  batch.priority_min = leaf_min;
  batch.priority_total = total;
  return true;
}

Status PrioritizedSampler::SetPriorities(std::span<const std::int64_t> slots,
                                         std::span<const double> priorities) {
  DYNA_CHECK(slots.size() == priorities.size());
  for (const double priority : priorities) {
    if (!(priority >= 0.0 && priority <= kPriorityMax)) {
      return Error{ErrorCode::kInvalidArgument,
                   "a priority is " + std::to_string(priority) + ", not a number in [0, 1e100]"};
    }
  }
  for (std::size_t row = 0; row < slots.size(); ++row) {
    if (slots[row] == kNoSlot) continue;
    tree_.Set(slots[row], LeafOf(priorities[row]));
    priority_max_ = std::max(priority_max_, priorities[row]);
  }
  leaf_max_ = LeafOf(priority_max_);
  return Done{};
}

void PrioritizedSampler::Save(const ColumnRing& ring, StateDict& state) const {
  std::vector<double> leaves(static_cast<std::size_t>(ring.size()));
  for (std::int64_t position = 0; position < ring.size(); ++position) {
    leaves[static_cast<std::size_t>(position)] = tree_.Get(ring.SlotAt(position));
  }
  state.Put("leaves", leaves);
  state.Put("priorities", std::vector<double>{alpha_, priority_max_});
}

void PrioritizedSampler::Load(const ColumnRing& ring, const StateDict& state) {
  std::vector<double> saved(static_cast<std::size_t>(ring.size()));
  state.GetInto("leaves", std::span<double>(saved));
  std::array<double, 2> priorities{};
  state.GetInto("priorities", std::span<double>(priorities));
  const auto [alpha, priority_max] = priorities;
  // The leaves are powers already: under another alpha they would mean something else.
  if (alpha != alpha_) {
    throw CheckpointError("saved with priority_alpha " + std::to_string(alpha) + ", not " +
                          std::to_string(alpha_));
  }
  if (!(priority_max >= 1.0 && priority_max <= kPriorityMax)) {
    throw CheckpointError("an impossible largest priority");
  }
  std::vector<double> leaves(static_cast<std::size_t>(ring.slots()), 0.0);
  for (std::int64_t position = 0; position < ring.size(); ++position) {
    const double leaf = saved[static_cast<std::size_t>(position)];
    if (!(leaf >= 0.0 && leaf <= kPriorityMax)) throw CheckpointError("an impossible priority");
    leaves[static_cast<std::size_t>(ring.SlotAt(position))] = leaf;
  }
  priority_max_ = priority_max;
  leaf_max_ = LeafOf(priority_max);
  tree_.Assign(leaves);
}

}  // namespace dyna::replay
