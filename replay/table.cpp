#include "replay/table.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "replay/registry.hpp"

namespace dyna::replay {
namespace {

const TableOptions& Checked(const std::string& name, const TableOptions& options) {
  options.Check(name);
  return options;
}

std::string ShapeText(TransitionShape shape) {
  return std::to_string(shape.obs_columns) + " obs and " + std::to_string(shape.action_columns) +
         " action columns";
}

}  // namespace

void TableOptions::Check(const std::string& table) const {
  const auto require = [&table](bool holds, const std::string& what) {
    if (!holds) throw ConfigError("replay table '" + table + "': " + what);
  };
  require(capacity >= 1 && capacity <= kCapacityMax,
          "capacity = " + std::to_string(capacity) + " is not in [1, 100000000]");
  require(shape.obs_columns >= 1 && shape.action_columns >= 1,
          "its rows have " + ShapeText(shape) + ", not at least one of each");
  require(priority_alpha >= 0.0 && priority_alpha <= 1.0,
          "priority_alpha = " + std::to_string(priority_alpha) + " is not in [0, 1]");
  limiter.Check(table, capacity);
}

Table::Table(std::string name, const TableOptions& options, std::uint64_t seed)
    : name_(std::move(name)),
      ring_(options.shape, Checked(name_, options).capacity),
      uniform_(MakeSampler(SamplerKind::kUniform, options.priority_alpha)),
      prioritized_(options.prioritized
                       ? MakeSampler(SamplerKind::kPrioritized, options.priority_alpha)
                       : nullptr),
      limiter_(options.limiter),
      allowance_(options.granted),
      rng_(seed, "replay/" + name_) {}

Status Table::Append(const TransitionBatch& rows, std::uint64_t driver_inserted) {
  if (Status valid = Validate(rows); !valid.ok()) return valid;
  if (rows.size() == 0) return Done{};
  const Status allowed = limiter_.CanInsert(rows.size(), ring_.size(), driver_inserted);
  if (!allowed.ok()) return Named(allowed.error());
  // Last, so that what it notes as wanted is held up by nothing else.
  const Status admitted = allowance_.Admit(rows.size(), ring_.next_id());
  if (!admitted.ok()) return Named(admitted.error());
  ring_.Append(rows, indexing());
  limiter_.OnInsert(rows.size());
  return Done{};
}

Result<SampleBatch> Table::Sample(const SampleRequest& request) {
  if (const Status valid = Validate(request); !valid.ok()) return valid.error();
  if (request.limited) {
    const Status allowed = limiter_.CanSample(request.rows, ring_.size());
    if (!allowed.ok()) return Named(allowed.error());
  }
  SampleBatch batch;
  std::vector<std::int64_t> slots(static_cast<std::size_t>(request.rows));
  Sampler& sampler = request.prioritized ? *prioritized_ : *uniform_;
  if (!sampler.Draw(ring_, request.importance_beta, rng_, slots, batch)) {
    return Named({ErrorCode::kBackpressure, ring_.size() == 0
                                                ? "rows to sample: 0 rows held of 1"
                                                : "rows to sample: every priority is 0"});
  }
  batch.rows = ring_.Gather(slots);
  batch.ids = ring_.GatherIds(slots);
  if (request.limited) limiter_.OnSample(request.rows);
  return batch;
}

Result<ReadBatch> Table::ReadSince(std::uint64_t cursor, std::int64_t rows_max) const {
  if (rows_max < 1) return Wrong("a read of " + std::to_string(rows_max) + " rows");
  if (cursor > ring_.next_id()) {
    return Wrong("a cursor of " + std::to_string(cursor) + ", but the next row is " +
                 std::to_string(ring_.next_id()));
  }
  const std::int64_t first = ring_.LowerBound(cursor);
  const std::int64_t rows = std::min({rows_max, kRequestRowsMax, ring_.size() - first});
  std::vector<std::int64_t> slots(static_cast<std::size_t>(rows));
  for (std::int64_t row = 0; row < rows; ++row) {
    slots[static_cast<std::size_t>(row)] = ring_.SlotAt(first + row);
  }
  ReadBatch batch;
  batch.rows = ring_.Gather(slots);
  batch.next_cursor =
      first + rows == ring_.size() ? ring_.next_id() : ring_.IdAt(first + rows - 1) + 1;
  batch.rows_missed = batch.next_cursor - cursor - static_cast<std::uint64_t>(rows);
  return batch;
}

Status Table::UpdatePriorities(const std::vector<std::uint64_t>& ids,
                               const std::vector<double>& priorities) {
  if (ids.size() != priorities.size()) {
    return Wrong(std::to_string(ids.size()) + " ids with " + std::to_string(priorities.size()) +
                 " priorities");
  }
  std::vector<std::int64_t> slots;
  slots.reserve(ids.size());
  for (const std::uint64_t id : ids) slots.push_back(ring_.FindSlot(id).value_or(kNoSlot));
  Status status = indexing().SetPriorities(slots, priorities);
  if (!status.ok()) return Named(status.error());
  return status;
}

Status Table::SetCapacity(std::int64_t capacity) {
  const std::int64_t low = limiter_.options().min_size_to_sample;
  if (capacity < low || capacity > kCapacityMax) {
    return Wrong("capacity = " + std::to_string(capacity) + " is not in [min_size_to_sample = " +
                 std::to_string(low) + ", " + std::to_string(kCapacityMax) + "]");
  }
  ring_.SetCapacity(capacity, indexing());
  return Done{};
}

Status Table::Grant(const GrantOrder& order) {
  Status taken = allowance_.Take(order);
  if (!taken.ok()) return Named(taken.error());
  return taken;
}

TableCounters Table::Counters() const {
  return {.size = ring_.size(),
          .capacity = ring_.capacity(),
          .inserted = ring_.next_id(),
          .sampled = limiter_.sampled(),
          .evicted_capacity = ring_.evicted_capacity(),
          .evicted_stale = ring_.evicted_stale(),
          .priority_total = prioritized_ ? prioritized_->priority_total() : 0.0,
          .restored = restored_,
          .grants = allowance_.grants(),
          .granted = allowance_.inserted_max(),
          .wanted = allowance_.wanted()};
}

Status Table::Validate(const TransitionBatch& rows) const {
  if (const auto fault = rows.Fault()) return Wrong(*fault);
  if (rows.shape() != ring_.shape()) {
    return Wrong("rows of " + ShapeText(rows.shape()) + ", not " + ShapeText(ring_.shape()));
  }
  return Done{};
}

Status Table::Validate(const SampleRequest& request) const {
  if (request.rows < 1 || request.rows > kRequestRowsMax) {
    return Wrong("a sample of " + std::to_string(request.rows) + " rows, not 1 to " +
                 std::to_string(kRequestRowsMax));
  }
  if (!request.prioritized) return Done{};
  if (!prioritized_) return Wrong("a prioritized sample, but the table is not prioritized");
  if (!(request.importance_beta >= 0.0 && request.importance_beta <= 1.0)) {
    return Wrong("importance_beta = " + std::to_string(request.importance_beta) +
                 " is not in [0, 1]");
  }
  return Done{};
}

Error Table::Wrong(const std::string& what) const {
  return {ErrorCode::kInvalidArgument, "replay table '" + name_ + "': " + what};
}

Error Table::Named(const Error& error) const {
  return {error.code, "replay table '" + name_ + "': " + error.message};
}

void Table::Save(StateDict& state) const {
  const auto part = [&state](const std::string& prefix, const auto& save) {
    StateDict inner;
    save(inner);
    state.Merge(prefix, std::move(inner));
  };
  part("rows/", [this](StateDict& inner) { ring_.Save(inner); });
  part("limiter/", [this](StateDict& inner) { limiter_.Save(inner); });
  if (prioritized_) {
    part("prioritized/", [this](StateDict& inner) { prioritized_->Save(ring_, inner); });
  }
  state.PutRng("rng", rng_);
}

std::uint64_t Table::SavedInserted(const StateDict& state) {
  return ColumnRing::SavedNextId(state.Sub("rows/"));
}

void Table::Load(const StateDict& state, std::uint64_t driver_inserted) {
  try {
    ring_.Load(state.Sub("rows/"));
    limiter_.Load(state.Sub("limiter/"), driver_inserted);
    if (prioritized_) prioritized_->Load(ring_, state.Sub("prioritized/"));
    restored_ = ring_.next_id();
    allowance_.Restart(restored_);
    state.GetRng("rng", rng_);
    if (limiter_.inserted() != ring_.next_id()) {
      throw CheckpointError("the limiter and the rows count differently");
    }
    if (ring_.capacity() < limiter_.options().min_size_to_sample) {
      throw CheckpointError(
          "saved with capacity " + std::to_string(ring_.capacity()) +
          ", below min_size_to_sample = " + std::to_string(limiter_.options().min_size_to_sample));
    }
  } catch (const CheckpointError& error) {
    throw CheckpointError("replay table '" + name_ + "': " + error.what());
  }
}

void Table::EndRestoration() noexcept {
  restored_ = ring_.next_id();
  allowance_.Require(restored_);
}

}  // namespace dyna::replay
