#include "learner/algorithms/dhmbpo/state_ring.hpp"

#include <torch/torch.h>

#include <algorithm>

#include "common/core/check.hpp"
#include "common/core/error.hpp"
#include "common/nn/torch/tensor_state.hpp"

namespace dyna::learner::dhmbpo {

StateRing::StateRing(std::int64_t capacity, std::int64_t columns)
    : states_(torch::zeros({capacity, columns})) {}

void StateRing::Add(const at::Tensor& states) {
  DYNA_CHECK(states.dim() == 2 && states.size(1) == states_.size(1));
  const std::int64_t capacity = states_.size(0);
  for (std::int64_t row = std::max<std::int64_t>(0, states.size(0) - capacity);
       row < states.size(0);) {
    const std::int64_t count = std::min(capacity - next_, states.size(0) - row);
    states_.narrow(0, next_, count).copy_(states.narrow(0, row, count));
    next_ = (next_ + count) % capacity;
    size_ = std::min(capacity, size_ + count);
    row += count;
  }
}

at::Tensor StateRing::Draw(std::int64_t rows, Rng& rng) const {
  DYNA_CHECK(size_ > 0);
  at::Tensor index = torch::empty({rows}, torch::kInt64);
  for (std::int64_t i = 0; i < rows; ++i) {
    index.data_ptr<std::int64_t>()[i] =
        static_cast<std::int64_t>(rng.Below(static_cast<std::uint64_t>(size_)));
  }
  return states_.index_select(0, index);
}

void StateRing::Save(const std::string& prefix, StateDict& state) const {
  nn::PutTensor(state, prefix + "states", states_);
  state.PutScalar<std::int64_t>(prefix + "size", size_);
  state.PutScalar<std::int64_t>(prefix + "next", next_);
}

void StateRing::Load(const std::string& prefix, const StateDict& state) {
  const auto size = state.GetScalar<std::int64_t>(prefix + "size");
  const auto next = state.GetScalar<std::int64_t>(prefix + "next");
  if (size < 0 || size > states_.size(0) || next < 0 || next >= states_.size(0)) {
    throw CheckpointError("entries '" + prefix + "size' and '" + prefix +
                          "next' are not in a ring of " + std::to_string(states_.size(0)));
  }
  nn::GetTensorInto(state, prefix + "states", states_);
  size_ = size;
  next_ = next;
}

}  // namespace dyna::learner::dhmbpo
