// Save and Load of ColumnRing.

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <utility>

#include "common/core/error.hpp"
#include "replay/column_ring.hpp"

namespace dyna::replay {
namespace {

constexpr std::size_t kProvenanceWords = 5;

std::array<std::uint64_t, kProvenanceWords> Pack(const Provenance& provenance) {
  return {provenance.episode, provenance.policy_version, provenance.model_version,
          (std::uint64_t{provenance.producer} << 32U) | provenance.step, provenance.rollout_depth};
}

Provenance Unpack(const std::uint64_t* words) {
  return {.episode = words[0],
          .policy_version = words[1],
          .model_version = words[2],
          .producer = static_cast<std::uint32_t>(words[3] >> 32U),
          .step = static_cast<std::uint32_t>(words[3]),
          .rollout_depth = static_cast<std::uint32_t>(words[4])};
}

template <class Dense>
void PutFloats(StateDict& state, const char* name, const Dense& values) {
  state.Put(name, std::span<const float>(values.data(), static_cast<std::size_t>(values.size())),
            {values.rows(), values.cols()});
}

template <class Dense>
void GetFloats(const StateDict& state, const char* name, Dense& values) {
  state.GetInto(name, std::span<float>(values.data(), static_cast<std::size_t>(values.size())));
}

/// next_id, version_min, evicted_capacity, evicted_stale
std::array<std::uint64_t, 4> GetCounters(const StateDict& state) {
  std::array<std::uint64_t, 4> counters{};
  state.GetInto("counters", std::span<std::uint64_t>(counters));
  return counters;
}

void Require(bool holds, const char* what) {
  if (!holds) throw CheckpointError(std::string("replay ring: ") + what);
}

}  // namespace

void ColumnRing::Save(StateDict& state) const {
  const std::vector<std::int64_t> live = LiveSlots();
  const TransitionBatch rows = Gather(live);
  // Slots matter, not only rows: a sum tree's rounding depends on where a row lies.
  state.Put("layout", std::vector<std::int64_t>{capacity_, slots_, head_, size_, shape_.obs_columns,
                                                shape_.action_columns});
  state.Put("counters",
            std::vector<std::uint64_t>{next_id_, version_min_, evicted_capacity_, evicted_stale_});
  PutFloats(state, "obs", rows.obs);
  PutFloats(state, "action", rows.action);
  PutFloats(state, "reward", rows.reward);
  PutFloats(state, "next_obs", rows.next_obs);
  PutFloats(state, "terminated", rows.terminated);
  PutFloats(state, "truncated", rows.truncated);
  std::vector<std::uint64_t> words;
  words.reserve(rows.provenance.size() * kProvenanceWords);
  for (const Provenance& provenance : rows.provenance) {
    const auto packed = Pack(provenance);
    words.insert(words.end(), packed.begin(), packed.end());
  }
  state.Put("provenance", words, {size_, static_cast<std::int64_t>(kProvenanceWords)});
  state.Put("ids", GatherIds(live));
}

void ColumnRing::Load(const StateDict& state) {
  LoadLayout(state);
  LoadRows(state);
}

std::uint64_t ColumnRing::SavedNextId(const StateDict& state) { return GetCounters(state)[0]; }

void ColumnRing::LoadLayout(const StateDict& state) {
  std::array<std::int64_t, 6> layout{};
  state.GetInto("layout", std::span<std::int64_t>(layout));
  const auto [capacity, slots, head, size, obs_columns, action_columns] = layout;
  Require(TransitionShape{obs_columns, action_columns} == shape_, "rows of another shape");
  Require(capacity > 0 && capacity <= kCapacityMax, "impossible capacity");
  Require(slots >= 0 && slots <= capacity, "more slots than capacity");
  Require(size >= 0 && size <= slots, "more rows than slots");
  Require(head >= 0 && (slots == 0 ? head == 0 : head < slots), "impossible head");
  const auto counters = GetCounters(state);
  // Checked before `slots` rows are allocated: a foreign file must not ask for all the memory.
  Require(state.Get<std::uint64_t>("ids").size() == static_cast<std::size_t>(size),
          "ids of another number of rows");

  // Of a file that has more empty places than a ring keeps, only the rows are taken.
  const bool sparse = slots > SlotsMax(size);
  Relayout(std::min(slots, SlotsMax(size)), {});
  capacity_ = capacity;
  head_ = sparse ? 0 : head;
  size_ = size;
  next_id_ = counters[0];
  version_min_ = counters[1];
  evicted_capacity_ = counters[2];
  evicted_stale_ = counters[3];
}

void ColumnRing::LoadRows(const StateDict& state) {
  // Before as many rows are allocated: they are wider than their ids.
  for (const auto& [name, columns] :
       {std::pair("obs", shape_.obs_columns), std::pair("action", shape_.action_columns)}) {
    const auto floats = static_cast<std::size_t>(size_ * columns);
    Require(state.Raw(name).bytes.size() == floats * sizeof(float), "columns of another length");
  }
  TransitionBatch rows = TransitionBatch::Zeros(size_, shape_);
  GetFloats(state, "obs", rows.obs);
  GetFloats(state, "action", rows.action);
  GetFloats(state, "reward", rows.reward);
  GetFloats(state, "next_obs", rows.next_obs);
  GetFloats(state, "terminated", rows.terminated);
  GetFloats(state, "truncated", rows.truncated);
  std::vector<std::uint64_t> words(static_cast<std::size_t>(size_) * kProvenanceWords);
  state.GetInto("provenance", std::span<std::uint64_t>(words));
  const std::vector<std::uint64_t> ids = state.Get<std::uint64_t>("ids");
  Require(std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) == ids.end(),
          "ids out of order");
  Require(ids.empty() || ids.back() < next_id_, "an id that was never given");
  for (std::int64_t row = 0; row < size_; ++row) {
    const auto k = static_cast<std::size_t>(row);
    rows.provenance[k] = Unpack(words.data() + k * kProvenanceWords);
    Require(!Stale(rows.provenance[k]), "a stale row");
    Require(rows.RowFinite(row), "a value that is not finite");
    WriteRow(SlotAt(row), rows, row);
    ids_.Write(SlotAt(row), &ids[k]);
  }
}

}  // namespace dyna::replay
