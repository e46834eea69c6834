#include <gtest/gtest.h>

#include "tests/chaos/chaos_env.hpp"

// Faults at named points of the shard's work on its folder.

namespace dyna::chaos {
namespace {

/// In the gate each point once; in the long run often enough for every n-th hit and every cut.
int TimesPerPoint() { return Kills() >= 200 ? 20 : 1; }

/// Deaths of one folder before the next one is begun.
constexpr int kDeathsPerFolder = 10;

TEST(FaultPointTest, DeathAtEveryNamedPointLosesNothingThatWasAcknowledged) {
  std::vector<std::string> points;
  for (int time = 0; time < TimesPerPoint(); ++time) {
    points.insert(points.end(), kPointNames.begin(), kPointNames.end());
  }
  Rng rng(Seed(), "points");
  for (std::size_t i = points.size(); i > 1; --i) std::swap(points[i - 1], points[rng.Below(i)]);
  ChaosRun::Report total;
  for (std::size_t done = 0; done < points.size(); done += kDeathsPerFolder) {
    const std::uint64_t seed = Seed() + 1000 + done / kDeathsPerFolder;
    ChaosRun run(RealShard(seed));
    // Something that a life can find at its start.
    run.Live({});
    for (std::size_t i = done; i < std::min(points.size(), done + kDeathsPerFolder); ++i) {
      const bool rare = !points[i].starts_with("log.") && !points[i].starts_with("ack.");
      const std::uint64_t nth = points[i].starts_with("recovery.") ? 1
                                : rare                             ? 1 + rng.Below(2)
                                                                   : 1 + rng.Below(60);
      if (run.broken()) break;
      run.Live({.plan = points[i] + ":" + std::to_string(nth) + ":kill",
                .ends_life = true,
                .power_cut = rng.Below(2) == 0});
    }
    if (!run.broken()) run.End();
    total.Add(run.report());
    ASSERT_FALSE(run.broken()) << "DYNA_CHAOS_SEED=" << Seed() << '\n' << run.report().text();
  }
  std::cout << total.text();
}

}  // namespace
}  // namespace dyna::chaos
