#include <gtest/gtest.h>

#include "tests/chaos/chaos_env.hpp"

// A shard under full load that is killed at random moments. Without the shim (sanitizer builds)
// it is killed only; with it, half of the deaths are power cuts.

namespace dyna::chaos {
namespace {

/// So many deaths of one folder before the next one is begun: tables stay small enough to be read
/// back after each.
constexpr int kDeathsPerFolder = 10;

TEST(ChaosTest, RandomKillsLoseDoubleAndSpoilNothingThatWasAcknowledged) {
  ChaosRun::Report total;
  for (int done = 0; done < Kills(); done += kDeathsPerFolder) {
    const std::uint64_t seed = Seed() + static_cast<std::uint64_t>(done / kDeathsPerFolder);
    ChaosRun run(RealShard(seed));
    Rng rng(seed, "blows");
    const int deaths = std::min(kDeathsPerFolder, Kills() - done);
    for (int i = 0; i < deaths && !run.broken(); ++i) run.Live({.power_cut = rng.Below(2) == 0});
    if (!run.broken()) run.End();
    total.Add(run.report());
    ASSERT_FALSE(run.broken()) << "DYNA_CHAOS_SEED=" << seed << '\n' << run.report().text();
  }
  EXPECT_GT(total.acked, 0U);
  EXPECT_GE(total.last.rows, total.acked);
  std::cout << total.text();
}

}  // namespace
}  // namespace dyna::chaos
