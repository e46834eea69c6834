#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "common/core/check.hpp"
#include "learner/algorithms/batch_source.hpp"
#include "learner/algorithms/tabular/q_table.hpp"

namespace dyna::learner::tabular {

/// Hands out pushed steps in order, each once. A set error is returned instead, once.
class QueueSource final : public BatchSource {
 public:
  void Push(const Step& step, bool truncated = false) {
    const auto row = rows_.size();
    TransitionBatch grown = TransitionBatch::Zeros(row + 1, {1, 1});
    for (std::int64_t i = 0; i < row; ++i) grown.SetRow(i, rows_, i);
    grown.obs(row, 0) = static_cast<float>(step.state);
    grown.action(row, 0) = static_cast<float>(step.action);
    grown.reward[row] = static_cast<float>(step.reward);
    grown.next_obs(row, 0) = static_cast<float>(step.next_state);
    grown.terminated[row] = step.terminated ? 1.0F : 0.0F;
    grown.truncated[row] = truncated ? 1.0F : 0.0F;
    rows_ = std::move(grown);
  }
  void PushRaw(TransitionBatch rows) { rows_ = std::move(rows); }
  void FailOnce(Error error) { error_ = std::move(error); }

  Result<SampleBatch> Sample() override { return Error{ErrorCode::kNotFound, "not used"}; }
  Result<TransitionBatch> ReadNew(std::int64_t rows_max) override {
    if (error_) return *std::exchange(error_, std::nullopt);
    DYNA_CHECK(rows_.size() <= rows_max);
    return std::exchange(rows_, TransitionBatch::Zeros(0, {1, 1}));
  }
  Status UpdatePriorities(const std::vector<double>&) override { return Done{}; }
  std::int64_t real_rows() const override { return 0; }

 private:
  TransitionBatch rows_ = TransitionBatch::Zeros(0, {1, 1});
  std::optional<Error> error_;
};

}  // namespace dyna::learner::tabular
