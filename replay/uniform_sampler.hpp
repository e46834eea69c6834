#pragma once

#include "replay/sampler.hpp"

namespace dyna::replay {

/// Every live row with the same probability, with replacement. Has no state of its own.
class UniformSampler : public Sampler {
 public:
  void OnAppend(std::int64_t /*slot*/) override {}
  void OnEvict(std::int64_t /*slot*/) override {}
  void OnRelayout(std::int64_t /*slots*/, std::span<const std::int64_t> /*old_slots*/) override {}

  bool Draw(const ColumnRing& ring, double importance_beta, Rng& rng, std::span<std::int64_t> slots,
            SampleBatch& batch) override;
  Status SetPriorities(std::span<const std::int64_t> slots,
                       std::span<const double> priorities) override;
  double priority_total() const noexcept override { return 0.0; }
  void Save(const ColumnRing& /*ring*/, StateDict& /*state*/) const override {}
  void Load(const ColumnRing& /*ring*/, const StateDict& /*state*/) override {}
};

}  // namespace dyna::replay
