#include "model_server/imagination/start_states.hpp"

#include <algorithm>
#include <utility>

namespace dyna::imagination {
namespace {

constexpr std::int64_t kReadRowsMax = 65536;

void PutMatrix(StateDict& state, const std::string& name, const RowMatrix& matrix) {
  state.Put(name, std::span<const float>(matrix.data(), static_cast<std::size_t>(matrix.size())),
            {matrix.rows(), matrix.cols()});
}

RowMatrix GetMatrix(const StateDict& state, const std::string& name, std::int64_t columns) {
  const auto values = state.Get<float>(name);
  const auto size = static_cast<std::int64_t>(values.size());
  if (columns < 1 || size % columns != 0) {
    throw CheckpointError("entry '" + name + "' does not have " + std::to_string(columns) +
                          " columns");
  }
  return Eigen::Map<const RowMatrix>(values.data(), size / columns, columns);
}

}  // namespace

StartStates::StartStates(const ImaginationOptions& options, TransitionShape shape,
                         ReplayPort& replay)
    : source_(options.start_source),
      recent_rows_(options.recent_rows),
      initial_rows_max_(options.initial_rows_max),
      shape_(shape),
      replay_(replay),
      rng_(options.seed, "imagination.starts", options.worker_id),
      initial_obs_(0, shape.obs_columns),
      initial_action_(0, shape.action_columns) {}

Result<StartRows> StartStates::Draw(std::int64_t rows) {
  switch (source_) {
    case StartSource::kBuffer:
      return DrawFromBuffer(rows);
    case StartSource::kRecent:
      return DrawRecent(rows);
    case StartSource::kInitial:
      return DrawInitial(rows);
  }
  return DrawFromBuffer(rows);
}

Result<StartRows> StartStates::DrawFromBuffer(std::int64_t rows) {
  SampleRequest request{.table = kRealTable, .rows = rows};
  request.limited = false;
  Result<SampleBatch> sample = replay_.Sample(request);
  if (!sample.ok()) return sample.error();
  TransitionBatch& batch = sample.value().rows;
  return StartRows{.obs = std::move(batch.obs), .action = std::move(batch.action)};
}

Result<StartRows> StartStates::DrawRecent(std::int64_t rows) {
  const Result<TableCounters> counters = replay_.Counters(kRealTable);
  if (!counters.ok()) return counters.error();
  const std::uint64_t inserted = counters.value().inserted;
  const std::uint64_t newest = std::min(inserted, static_cast<std::uint64_t>(recent_rows_));
  const Result<ReadBatch> read = replay_.ReadSince(kRealTable, inserted - newest, recent_rows_);
  if (!read.ok()) return read.error();
  const TransitionBatch& batch = read.value().rows;
  if (batch.size() == 0) {
    return Error{ErrorCode::kBackpressure, "imagination waits for a real row to start from"};
  }
  return DrawAmong(batch.obs, batch.action, rows);
}

Result<StartRows> StartStates::DrawInitial(std::int64_t rows) {
  if (const Status read = ReadInitial(); !read.ok()) return read.error();
  if (initial_obs_.rows() == 0) {
    return Error{ErrorCode::kBackpressure, "imagination waits for the start of a real episode"};
  }
  return DrawAmong(initial_obs_, initial_action_, rows);
}

Status StartStates::ReadInitial() {
  while (true) {
    const Result<ReadBatch> read = replay_.ReadSince(kRealTable, cursor_, kReadRowsMax);
    if (!read.ok()) return read.error();
    const TransitionBatch& batch = read.value().rows;
    cursor_ = read.value().next_cursor;
    if (batch.size() == 0) return Done{};
    for (std::int64_t i = 0; i < batch.size(); ++i) {
      if (batch.provenance[static_cast<std::size_t>(i)].step != 0) continue;
      if (initial_obs_.rows() < initial_rows_max_) {
        initial_obs_.conservativeResize(initial_obs_.rows() + 1, Eigen::NoChange);
        initial_action_.conservativeResize(initial_action_.rows() + 1, Eigen::NoChange);
      }
      const auto slot =
          static_cast<Eigen::Index>(initial_seen_ % static_cast<std::uint64_t>(initial_rows_max_));
      initial_obs_.row(slot) = batch.obs.row(i);
      initial_action_.row(slot) = batch.action.row(i);
      ++initial_seen_;
    }
  }
}

StartRows StartStates::DrawAmong(const RowMatrix& obs, const RowMatrix& action, std::int64_t rows) {
  StartRows starts{.obs = RowMatrix(rows, obs.cols()), .action = RowMatrix(rows, action.cols())};
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto from = static_cast<Eigen::Index>(rng_.Below(static_cast<std::uint64_t>(obs.rows())));
    starts.obs.row(i) = obs.row(from);
    starts.action.row(i) = action.row(from);
  }
  return starts;
}

void StartStates::Save(StateDict& state) const {
  state.PutRng("rng_starts", rng_);
  PutMatrix(state, "initial_obs", initial_obs_);
  PutMatrix(state, "initial_action", initial_action_);
  state.PutScalar<std::uint64_t>("initial_seen", initial_seen_);
  state.PutScalar<std::uint64_t>("initial_cursor", cursor_);
}

void StartStates::Load(const StateDict& state) {
  RowMatrix obs = GetMatrix(state, "initial_obs", shape_.obs_columns);
  RowMatrix action = GetMatrix(state, "initial_action", shape_.action_columns);
  if (obs.rows() != action.rows() || obs.rows() > initial_rows_max_) {
    throw CheckpointError("entries 'initial_obs' and 'initial_action' do not fit each other");
  }
  state.GetRng("rng_starts", rng_);
  initial_seen_ = state.GetScalar<std::uint64_t>("initial_seen");
  cursor_ = state.GetScalar<std::uint64_t>("initial_cursor");
  initial_obs_ = std::move(obs);
  initial_action_ = std::move(action);
}

}  // namespace dyna::imagination
