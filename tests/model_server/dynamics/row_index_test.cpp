#include "model_server/dynamics/row_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

namespace dyna::dynamics {
namespace {

TEST(RowIndexTest, HoldoutIsAFifthButAtMostTheCap) {
  struct Case {
    std::int64_t rows, holdout;
  };
  for (const auto& [rows, holdout] : {Case{4, 0}, Case{5, 1}, Case{9, 1}, Case{1000, 200},
                                      Case{24999, 4999}, Case{25000, 5000}, Case{100000, 5000}}) {
    Rng rng(1, "split");
    const HoldoutSplit split = SplitHoldout(rows, 0.2, 5000, rng);
    EXPECT_EQ(static_cast<std::int64_t>(split.holdout.size()), holdout);
    std::set<std::int64_t> all(split.train.begin(), split.train.end());
    all.insert(split.holdout.begin(), split.holdout.end());
    EXPECT_EQ(static_cast<std::int64_t>(all.size()), rows);  // a partition
    EXPECT_EQ(static_cast<std::int64_t>(split.train.size() + split.holdout.size()), rows);
  }
}

TEST(RowIndexTest, EverySplitIsFresh) {
  Rng rng(1, "split");
  EXPECT_NE(SplitHoldout(1000, 0.2, 5000, rng).holdout, SplitHoldout(1000, 0.2, 5000, rng).holdout);
}

// A bootstrap sample of n rows misses each row with probability (1 - 1/n)^n -> exp(-1), and
// members are drawn independently: they share a missed row with probability exp(-2).
TEST(RowIndexTest, BootstrapMissesTheExpectedShareIndependentlyPerMember) {
  constexpr std::int64_t kRows = 20000;
  std::vector<std::int64_t> train(kRows);
  std::iota(train.begin(), train.end(), 7);
  Rng rng(2, "bootstrap");
  const MemberRows rows = DrawMemberRows(train, 3, true, rng);
  std::vector<std::set<std::int64_t>> seen;
  for (const auto& member : rows) {
    ASSERT_EQ(member.size(), train.size());
    seen.emplace_back(member.begin(), member.end());
    EXPECT_GE(*seen.back().begin(), 7);
    EXPECT_LT(*seen.back().rbegin(), 7 + kRows);
    EXPECT_NEAR(1.0 - static_cast<double>(seen.back().size()) / kRows, std::exp(-1.0), 0.01);
  }
  std::int64_t both = 0;
  for (const auto row : train) both += !seen[0].contains(row) && !seen[1].contains(row);
  EXPECT_NEAR(static_cast<double>(both) / kRows, std::exp(-2.0), 0.01);
}

TEST(RowIndexTest, ShufflingKeepsEachMembersRowsAndOrdersMembersDifferently) {
  std::vector<std::int64_t> train(500);
  std::iota(train.begin(), train.end(), 0);
  Rng rng(3, "shuffle");
  MemberRows rows = DrawMemberRows(train, 2, false, rng);
  ShuffleMemberRows(rows, rng);
  EXPECT_NE(rows[0], rows[1]);
  EXPECT_NE(rows[0], train);
  for (auto& member : rows) {
    std::sort(member.begin(), member.end());
    EXPECT_EQ(member, train);
  }
}

}  // namespace
}  // namespace dyna::dynamics
