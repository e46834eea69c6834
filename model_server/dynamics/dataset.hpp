#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "common/core/state_dict.hpp"
#include "common/core/transition_batch.hpp"
#include "model_server/dynamics/model_options.hpp"

namespace dyna::dynamics {

/// The newest `capacity` transitions as flat training tensors, appended in place: storage grows
/// geometrically up to the capacity, then the oldest row is overwritten. Single-threaded.
class Dataset {
 public:
  explicit Dataset(const ModelShape& shape);

  /// Encodes and stores every row of `batch`.
  void Append(const TransitionBatch& batch);
  /// Keeps the newest rows when there are more than `capacity` (at least 1).
  void SetCapacity(std::int64_t capacity);

  /// Counts rows that came before the first one here. Only while there is none.
  void Skip(std::int64_t rows);

  std::int64_t rows() const noexcept { return rows_; }
  /// The permanent number of the row now at `place`: how many came before it, ever.
  std::int64_t number(std::int64_t place) const noexcept {
    const std::int64_t age_rank = place >= oldest_ ? place - oldest_ : place - oldest_ + rows_;
    return ever_ - rows_ + age_rank;
  }
  /// [N,I] float32, see EncodeInput. A view: the next Append may change or move it.
  at::Tensor inputs() const;
  /// [N,D] float32: reward if learned, then s' - s.
  at::Tensor targets() const;
  /// [N] float32 in {0, 1}; undefined unless termination is learned.
  at::Tensor terminated() const;
  const ModelShape& shape() const noexcept { return shape_; }

  /// Rows keep their places: indices drawn later mean the same rows after Load.
  void Save(StateDict& state) const;
  void Load(const StateDict& state);

 private:
  void Reserve(std::int64_t rows);
  void Write(std::int64_t at, std::int64_t from, std::int64_t count, const at::Tensor& inputs,
             const at::Tensor& targets, const at::Tensor& terminated);

  ModelShape shape_;
  std::int64_t capacity_ = std::int64_t{1} << 40;
  std::int64_t rows_ = 0;
  std::int64_t ever_ = 0;       ///< rows appended or skipped
  std::int64_t oldest_ = 0;     ///< place the next row goes to once full
  at::Tensor inputs_ = {};      ///< [storage, I]
  at::Tensor targets_ = {};     ///< [storage, D]
  at::Tensor terminated_ = {};  ///< [storage]
};

}  // namespace dyna::dynamics
