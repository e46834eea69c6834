#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "common/core/rng.hpp"
#include "learner/algorithms/batch_source.hpp"

namespace dyna::learner {

/// Serves whatever `make` returns and remembers the priorities it was told.
class FakeBatchSource : public BatchSource {
 public:
  explicit FakeBatchSource(std::function<SampleBatch()> make) : make_(std::move(make)) {}

  Result<SampleBatch> Sample() override {
    if (blocked) return Error{ErrorCode::kBackpressure, "wait"};
    SampleBatch batch = make_();
    if (real_rows_max < 0) rows_ = batch.rows.size();
    return batch;
  }
  Result<TransitionBatch> ReadNew(std::int64_t) override { return TransitionBatch{}; }
  Status UpdatePriorities(const std::vector<double>& values) override {
    if (deaf) return Error{ErrorCode::kTimeout, "no answer"};
    priorities = values;
    return Done{};
  }
  std::int64_t real_rows() const override { return real_rows_max < 0 ? rows_ : real_rows_max; }

  bool blocked = false;             ///< Sample fails
  bool deaf = false;                ///< UpdatePriorities fails
  std::int64_t real_rows_max = -1;  ///< -1: every row is real
  std::vector<double> priorities = {};

 private:
  std::function<SampleBatch()> make_;
  std::int64_t rows_ = 0;
};

/// Rows with ids 0, 1, ... and weights of one.
inline SampleBatch UniformBatch(TransitionBatch rows) {
  SampleBatch batch;
  batch.ids.resize(static_cast<std::size_t>(rows.size()));
  for (std::size_t i = 0; i < batch.ids.size(); ++i) batch.ids[i] = i;
  batch.weights = FloatVector::Ones(rows.size());
  batch.rows = std::move(rows);
  return batch;
}

/// Standard normal rows: actions uniform in [-1, 1], or indices below `actions` when positive; a
/// tenth terminated.
inline SampleBatch RandomBatch(Rng& rng, std::int64_t rows, TransitionShape shape,
                               std::int64_t actions = 0) {
  TransitionBatch batch = TransitionBatch::Zeros(rows, shape);
  const auto normal = [&rng](float) { return static_cast<float>(rng.Normal()); };
  batch.obs = batch.obs.unaryExpr(normal);
  batch.next_obs = batch.next_obs.unaryExpr(normal);
  batch.reward = batch.reward.unaryExpr(normal);
  for (std::int64_t i = 0; i < rows; ++i) {
    batch.terminated[i] = rng.Uniform() < 0.1 ? 1.0F : 0.0F;
    for (std::int64_t j = 0; j < shape.action_columns; ++j) {
      batch.action(i, j) = actions > 0
                               ? static_cast<float>(rng.Below(static_cast<std::uint64_t>(actions)))
                               : static_cast<float>(rng.Uniform(-1.0, 1.0));
    }
  }
  return UniformBatch(std::move(batch));
}

}  // namespace dyna::learner
