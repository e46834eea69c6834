#include "replay/sum_tree.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "common/core/rng.hpp"

namespace dyna::replay {
namespace {

TEST(SumTreeTest, FindsTheIntervalThatHoldsTheMass) {
  SumTree tree;
  tree.Assign({1.0, 0.0, 2.0, 0.5, 0.0});
  EXPECT_EQ(tree.total(), 3.5);
  EXPECT_EQ(tree.Find(0.0), 0);
  EXPECT_EQ(tree.Find(0.999), 0);
  EXPECT_EQ(tree.Find(1.0), 2);
  EXPECT_EQ(tree.Find(2.999), 2);
  EXPECT_EQ(tree.Find(3.0), 3);
  EXPECT_EQ(tree.Find(3.4999), 3);
}

TEST(SumTreeTest, MassOnOrPastTheLastEdgeNeverFindsAZeroWeight) {
  SumTree tree;
  tree.Assign({0.0, 0.1, 0.2, 0.0, 0.0, 0.3, 0.0});
  for (const double mass : {-1.0, 0.0, 0.1, 0.3, tree.total(), 10.0}) {
    EXPECT_GT(tree.Get(tree.Find(mass)), 0.0) << mass;
  }
}

TEST(SumTreeTest, AgreesWithAPlainArrayOverRandomUpdates) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Rng rng(seed, "test");
    const auto slots = static_cast<std::int64_t>(1 + rng.Below(70));
    SumTree tree(slots);
    std::vector<double> naive(static_cast<std::size_t>(slots), 0.0);
    for (int update = 0; update < 300; ++update) {
      const auto slot = static_cast<std::int64_t>(rng.Below(static_cast<std::uint64_t>(slots)));
      // Sixteenths add without rounding, so sums must agree exactly.
      const double weight = rng.Below(3) == 0 ? 0.0 : static_cast<double>(rng.Below(64)) / 16.0;
      tree.Set(slot, weight);
      naive[static_cast<std::size_t>(slot)] = weight;
      const double total = std::accumulate(naive.begin(), naive.end(), 0.0);
      ASSERT_EQ(tree.total(), total);
      if (total == 0.0) continue;
      const double mass = rng.Uniform() * total;
      std::size_t expected = 0;
      for (double sum = naive[0]; sum <= mass; sum += naive[expected]) ++expected;
      ASSERT_EQ(tree.Find(mass), static_cast<std::int64_t>(expected));
    }
  }
}

TEST(SumTreeTest, AMillionUpdatesOfVeryDifferentSizesLeaveNoDrift) {
  constexpr std::int64_t kSlots = 1000;
  Rng rng(5, "drift");
  SumTree tree(kSlots);
  std::vector<double> naive(kSlots, 0.0);
  for (int update = 0; update < 1'000'000; ++update) {
    const std::uint64_t slot = rng.Below(kSlots);
    const double weight = std::pow(10.0, rng.Uniform(-12.0, 12.0));
    tree.Set(static_cast<std::int64_t>(slot), weight);
    naive[slot] = weight;
  }
  const long double total = std::accumulate(naive.begin(), naive.end(), 0.0L);
  EXPECT_NEAR(tree.total(), static_cast<double>(total), 1e-14 * static_cast<double>(total));
  // All large weights gone, the small one must still be there: a running sum would have lost it.
  for (std::int64_t slot = 0; slot < kSlots; ++slot) tree.Set(slot, 0.0);
  tree.Set(17, 1e-12);
  EXPECT_EQ(tree.total(), 1e-12);
  EXPECT_EQ(tree.Find(0.5e-12), 17);
}

}  // namespace
}  // namespace dyna::replay
