#include "model_server/dynamics/row_index.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace dyna::dynamics {

// Fisher-Yates.
void Shuffle(std::vector<std::int64_t>& values, Rng& rng) {
  for (std::size_t i = values.size(); i > 1; --i) {
    std::swap(values[i - 1], values[static_cast<std::size_t>(rng.Below(i))]);
  }
}

HoldoutSplit SplitHoldout(std::int64_t rows, double fraction, std::int64_t rows_max, Rng& rng) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  Shuffle(order, rng);
  const auto count =
      std::min(static_cast<std::int64_t>(fraction * static_cast<double>(rows)), rows_max);
  HoldoutSplit split;
  split.holdout.assign(order.begin(), order.begin() + count);
  split.train.assign(order.begin() + count, order.end());
  return split;
}

MemberRows DrawMemberRows(std::span<const std::int64_t> train, std::int64_t members, bool bootstrap,
                          Rng& rng) {
  MemberRows rows(static_cast<std::size_t>(members),
                  std::vector<std::int64_t>(train.begin(), train.end()));
  if (!bootstrap) return rows;
  for (auto& member : rows) {
    for (auto& row : member) row = train[static_cast<std::size_t>(rng.Below(train.size()))];
  }
  return rows;
}

void ShuffleMemberRows(MemberRows& rows, Rng& rng) {
  for (auto& member : rows) Shuffle(member, rng);
}

}  // namespace dyna::dynamics
