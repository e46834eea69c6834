#include "common/nn/torch/flat_adam.hpp"

#include <utility>

#include "common/core/error.hpp"

namespace dyna::nn {

FlatAdam::FlatAdam(FlatLayout layout, const AdamOptions& options)
    : layout_(std::move(layout)),
      options_(options),
      first_moment_(layout_.Zeros()),
      second_moment_(layout_.Zeros()) {}

void FlatAdam::Step(at::Tensor& parameters, const at::Tensor& gradients) {
  AdamStep({.parameters = FloatSpan(parameters),
            .gradients = FloatSpan(gradients),
            .first_moment = FloatSpan(first_moment_),
            .second_moment = FloatSpan(second_moment_)},
           options_, ++steps_);
}

void FlatAdam::Save(const std::string& prefix, StateDict& state) const {
  layout_.Save(prefix + "m/", first_moment_, state);
  layout_.Save(prefix + "v/", second_moment_, state);
  state.PutScalar<std::int64_t>(prefix + "steps", steps_);
}

void FlatAdam::Load(const std::string& prefix, const StateDict& state) {
  const auto steps = state.GetScalar<std::int64_t>(prefix + "steps");
  if (steps < 0) throw CheckpointError("entry '" + prefix + "steps' is negative");
  layout_.Load(prefix + "m/", state, first_moment_);
  layout_.Load(prefix + "v/", state, second_moment_);
  steps_ = steps;
}

}  // namespace dyna::nn
