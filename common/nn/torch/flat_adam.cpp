#include "common/nn/torch/flat_adam.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/core/check.hpp"
#include "common/core/error.hpp"
#include "common/nn/dense_kernels.hpp"
#include "common/nn/torch/parallel.hpp"

namespace dyna::nn {
namespace {

/// Parameters at a time: with gradient, moments and follower they stay in the second-level cache.
constexpr std::size_t kChunk = 4096;

}  // namespace

FlatAdam::FlatAdam(FlatLayout layout, const AdamOptions& options)
    : layout_(std::move(layout)),
      options_(options),
      first_moment_(layout_.Zeros()),
      second_moment_(layout_.Zeros()) {}

void FlatAdam::Step(std::span<float> parameters, std::span<const float* const> parts,
                    Follower follower) {
  const auto size = static_cast<std::size_t>(layout_.size());
  DYNA_CHECK(parameters.size() == size && !parts.empty());
  DYNA_CHECK(follower.values.empty() || follower.values.size() == size);
  ++steps_;
  const std::span<float> m = FloatSpan(first_moment_), v = FloatSpan(second_moment_);
  const std::size_t chunks = (size + kChunk - 1) / kChunk;
  ParallelTasks(static_cast<std::int64_t>(chunks), [&](std::int64_t chunk) {
    const std::size_t begin = static_cast<std::size_t>(chunk) * kChunk;
    const std::size_t count = std::min(kChunk, size - begin);
    std::array<float, kChunk> sum;
    const float* gradient = parts[0] + begin;
    if (parts.size() > 1) {
      std::copy_n(gradient, count, sum.data());
      for (const float* part : parts.subspan(1)) {
        AddTo(static_cast<std::int64_t>(count), part + begin, sum.data());
      }
      gradient = sum.data();
    }
    AdamStep({.parameters = parameters.subspan(begin, count),
              .gradients = {gradient, count},
              .first_moment = m.subspan(begin, count),
              .second_moment = v.subspan(begin, count)},
             options_, steps_);
    if (follower.values.empty()) return;
    LerpInto(follower.values.subspan(begin, count), parameters.subspan(begin, count),
             follower.weight);
  });
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
