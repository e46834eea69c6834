#pragma once

#include <vector>

#include "replay/sampler.hpp"
#include "replay/sum_tree.hpp"

namespace dyna::replay {

/// Largest priority accepted: sums over any table stay finite.
inline constexpr double kPriorityMax = 1e100;

/// Proportional prioritized sampling (Schaul et al. 2016, eq. 1 and §3.4, appendix B.2.1):
///   P(i) = p_i^alpha / sum_k p_k^alpha,   w_i = (N P(i))^-beta / max_j w_j
/// with j over the drawn batch, so that weights only scale updates down. A batch of B rows takes
/// one draw from each of B equal ranges of the total. New rows get the largest priority seen so
/// far (1 at first), so that each is likely to be seen once. A row of priority 0 is never drawn.
class PrioritizedSampler : public Sampler {
 public:
  /// alpha in [0, 1]; 0 = uniform over rows of priority above 0.
  explicit PrioritizedSampler(double alpha);

  void OnAppend(std::int64_t slot) override;
  void OnEvict(std::int64_t slot) override;
  void OnRelayout(std::int64_t slots, std::span<const std::int64_t> old_slots) override;

  bool Draw(const ColumnRing& ring, double importance_beta, Rng& rng, std::span<std::int64_t> slots,
            SampleBatch& batch) override;
  Status SetPriorities(std::span<const std::int64_t> slots,
                       std::span<const double> priorities) override;
  double priority_total() const noexcept override { return tree_.total(); }
  void Save(const ColumnRing& ring, StateDict& state) const override;
  void Load(const ColumnRing& ring, const StateDict& state) override;

 private:
  double LeafOf(double priority) const;

  double alpha_;
  double priority_max_ = 1.0;  ///< largest ever set, for new rows
  double leaf_max_ = 1.0;      ///< priority_max_^alpha
  SumTree tree_ = SumTree(0);  ///< by slot: p^alpha, 0 where nothing lives
};

}  // namespace dyna::replay
