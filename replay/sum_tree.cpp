#include "replay/sum_tree.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "common/core/check.hpp"

namespace dyna::replay {

void SumTree::Assign(const std::vector<double>& weights) {
  slots_ = static_cast<std::int64_t>(weights.size());
  leaves_ = std::bit_ceil(std::max<std::size_t>(1, weights.size()));
  nodes_.assign(2 * leaves_, 0.0);
  std::copy(weights.begin(), weights.end(), nodes_.begin() + static_cast<std::ptrdiff_t>(leaves_));
  for (std::size_t node = leaves_ - 1; node > 0; --node) {
    nodes_[node] = nodes_[2 * node] + nodes_[2 * node + 1];
  }
}

void SumTree::Set(std::int64_t slot, double weight) {
  DYNA_CHECK(slot >= 0 && slot < slots_);
  DYNA_CHECK_MSG(std::isfinite(weight) && weight >= 0.0, "weight " << weight);
  std::size_t node = leaves_ + Index(slot);
  nodes_[node] = weight;
  for (node /= 2; node > 0; node /= 2) nodes_[node] = nodes_[2 * node] + nodes_[2 * node + 1];
}

std::int64_t SumTree::Find(double mass) const {
  DYNA_CHECK(total() > 0.0);
  std::size_t node = 1;
  while (node < leaves_) {
    const double left = nodes_[2 * node];
    const double right = nodes_[2 * node + 1];
    // A node's sum is above 0 only if a child's is, so one side is always open.
    if ((mass < left && left > 0.0) || right <= 0.0) {
      node = 2 * node;
    } else {
      mass -= left;
      node = 2 * node + 1;
    }
  }
  return static_cast<std::int64_t>(node - leaves_);
}

}  // namespace dyna::replay
