#include "cli/data/transitions.hpp"

#include <cmath>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "common/core/number_text.hpp"

namespace dyna::cli {
namespace {

/// Reads the columns of one set; every complaint names file, key and what is allowed.
class Reader {
 public:
  Reader(const Columns& columns, std::string label) : columns_(columns), label_(std::move(label)) {}

  [[noreturn]] void Fail(const std::string& what) const { throw DataError(label_ + ": " + what); }

  /// The column under the first of `keys` that is there.
  const Column* Find(std::initializer_list<const char*> keys, std::string& found) const {
    for (const char* const key : keys) {
      const auto at = columns_.find(key);
      if (at == columns_.end()) continue;
      found = key;
      return &at->second;
    }
    return nullptr;
  }

  const Column& Require(std::initializer_list<const char*> keys, std::string& found,
                        const std::string& shape) const {
    const Column* const column = Find(keys, found);
    if (column != nullptr) return *column;
    std::string names;
    for (const char* const key : keys)
      names += (names.empty() ? "'" : " or '") + std::string(key) + "'";
    Fail("has no " + names + ", which must be " + shape);
  }

  /// [rows, columns] of a column that has this shape; one column may be without its axis.
  RowMatrix Matrix(const Column& column, const std::string& key, std::int64_t rows,
                   std::int64_t width) const {
    const bool flat = width == 1 && column.shape == std::vector<std::int64_t>{rows};
    if (!flat && column.shape != std::vector<std::int64_t>{rows, width}) {
      Fail("'" + key + "' has shape " + ShapeText(column.shape) + ", not " +
           ShapeText({rows, width}));
    }
    return Eigen::Map<const RowMatrix>(column.values.data(), rows, width);
  }

  void RequireFinite(const RowMatrix& matrix, const std::string& key) const {
    for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
      for (Eigen::Index j = 0; j < matrix.cols(); ++j) {
        if (std::isfinite(matrix(i, j))) continue;
        Fail("'" + key + "' row " + std::to_string(i) + ", column " + std::to_string(j) + " = " +
             NumberText(static_cast<double>(matrix(i, j))) + " is not a finite float32");
      }
    }
  }

  FloatVector Flags(std::initializer_list<const char*> keys, std::int64_t rows) const {
    std::string key;
    const Column& column = Require(keys, key, "[" + std::to_string(rows) + "] of 0 and 1");
    const RowMatrix flags = Matrix(column, key, rows, 1);
    for (Eigen::Index i = 0; i < flags.rows(); ++i) {
      if (flags(i, 0) == 0.0F || flags(i, 0) == 1.0F) continue;
      Fail("'" + key + "' row " + std::to_string(i) + " = " +
           NumberText(static_cast<double>(flags(i, 0))) + " is neither 0 nor 1");
    }
    return flags.col(0);
  }

 private:
  const Columns& columns_;
  std::string label_;
};

/// An observation is only held to its space if that is of indices: boxes are often mere hints.
void RequireIn(const Reader& reader, const Space& space, const RowMatrix& values,
               const std::string& key, const std::string& environment) {
  std::vector<double> row(static_cast<std::size_t>(values.cols()));
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    for (Eigen::Index j = 0; j < values.cols(); ++j) {
      const auto column = static_cast<std::size_t>(j);
      row[column] = static_cast<double>(values(i, j));
      if (space.discrete()) continue;
      // A bound that float32 cannot hold is rounded like the action that lies on it.
      const auto low = static_cast<double>(static_cast<float>(space.low[column]));
      const auto high = static_cast<double>(static_cast<float>(space.high[column]));
      if (row[column] >= low && row[column] <= high) continue;
      reader.Fail("'" + key + "' row " + std::to_string(i) + ", column " + std::to_string(j) +
                  " = " + NumberText(row[column]) + " is not in [" + NumberText(low) + ", " +
                  NumberText(high) + "] of " + environment);
    }
    if (space.discrete() && !space.Contains(row)) {
      reader.Fail("'" + key + "' row " + std::to_string(i) + " = " + NumberText(row[0]) +
                  " is not in " + space.ToString() + " of " + environment);
    }
  }
}

void NumberEpisodes(TransitionBatch& rows, std::uint64_t episode) {
  std::uint32_t step = 0;
  for (Eigen::Index i = 0; i < rows.size(); ++i) {
    const bool ended = i > 0 && (rows.terminated[i - 1] != 0.0F || rows.truncated[i - 1] != 0.0F ||
                                 rows.obs.row(i) != rows.next_obs.row(i - 1));
    if (ended) {
      ++episode;
      step = 0;
    }
    Provenance& from = rows.provenance[static_cast<std::size_t>(i)];
    from.episode = episode;
    from.step = step++;
  }
}

Column MatrixColumn(const RowMatrix& matrix) {
  const std::span<const float> values(matrix.data(), static_cast<std::size_t>(matrix.size()));
  return {.shape = {matrix.rows(), matrix.cols()}, .values = {values.begin(), values.end()}};
}

Column VectorColumn(const FloatVector& vector, Column::Type type) {
  const std::span<const float> values(vector.data(), static_cast<std::size_t>(vector.size()));
  return {.shape = {vector.size()}, .values = {values.begin(), values.end()}, .type = type};
}

}  // namespace

TransitionBatch ToRows(const Columns& columns, bool minari, const EnvSpec& spec,
                       const std::string& label, std::uint64_t episode) {
  const Reader reader(columns, label);
  const TransitionShape shape = spec.transition_shape();
  std::string key;
  const Column& rewards = reader.Require({"rewards"}, key, "[N]");
  if (rewards.shape.empty()) reader.Fail("'rewards' is a single number, not [N]");
  const std::int64_t n = rewards.shape[0];
  TransitionBatch rows = TransitionBatch::Zeros(n, shape);
  const RowMatrix reward = reader.Matrix(rewards, key, n, 1);
  reader.RequireFinite(reward, key);
  rows.reward = reward.col(0);

  const std::string obs_shape = ShapeText({minari ? n + 1 : n, shape.obs_columns});
  const Column& observations = reader.Require({"observations"}, key, obs_shape);
  const RowMatrix obs = reader.Matrix(observations, key, minari ? n + 1 : n, shape.obs_columns);
  reader.RequireFinite(obs, key);
  if (spec.observation.discrete()) RequireIn(reader, spec.observation, obs, key, spec.name);
  rows.obs = obs.topRows(n);
  if (minari) {
    rows.next_obs = obs.bottomRows(n);
  } else {
    const Column& next = reader.Require({"next_observations"}, key, obs_shape);
    rows.next_obs = reader.Matrix(next, key, n, shape.obs_columns);
    reader.RequireFinite(rows.next_obs, key);
    if (spec.observation.discrete()) {
      RequireIn(reader, spec.observation, rows.next_obs, key, spec.name);
    }
  }
  const Column& actions = reader.Require({"actions"}, key, ShapeText({n, shape.action_columns}));
  rows.action = reader.Matrix(actions, key, n, shape.action_columns);
  reader.RequireFinite(rows.action, key);
  RequireIn(reader, spec.action, rows.action, key, spec.name);
  rows.terminated = reader.Flags({"terminals", "terminations"}, n);
  rows.truncated = reader.Flags({"timeouts", "truncations"}, n);
  NumberEpisodes(rows, episode);
  return rows;
}

Columns ToColumns(const TransitionBatch& rows, const EnvSpec& spec) {
  using enum Column::Type;
  Columns columns;
  columns["observations"] = MatrixColumn(rows.obs);
  columns["next_observations"] = MatrixColumn(rows.next_obs);
  columns["actions"] =
      spec.action.discrete() ? VectorColumn(rows.action.col(0), kInt64) : MatrixColumn(rows.action);
  columns["rewards"] = VectorColumn(rows.reward, kFloat32);
  columns["terminals"] = VectorColumn(rows.terminated, kBool);
  columns["timeouts"] = VectorColumn(rows.truncated, kBool);
  return columns;
}

}  // namespace dyna::cli
