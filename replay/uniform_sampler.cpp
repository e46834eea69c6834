#include "replay/uniform_sampler.hpp"

namespace dyna::replay {

bool UniformSampler::Draw(const ColumnRing& ring, double /*importance_beta*/, Rng& rng,
                          std::span<std::int64_t> slots, SampleBatch& batch) {
  if (ring.size() == 0) return false;
  const auto size = static_cast<std::uint64_t>(ring.size());
  for (std::int64_t& slot : slots) slot = ring.SlotAt(static_cast<std::int64_t>(rng.Below(size)));
  batch.weights.setOnes(static_cast<Eigen::Index>(slots.size()));
  return true;
}

Status UniformSampler::SetPriorities(std::span<const std::int64_t> /*slots*/,
                                     std::span<const double> /*priorities*/) {
  return Error{ErrorCode::kInvalidArgument, "the table is not prioritized"};
}

}  // namespace dyna::replay
