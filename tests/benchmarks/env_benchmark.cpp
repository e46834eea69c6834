// How fast environments step on one core, and what our Step costs beyond the MuJoCo calls in it.
//
//   env_benchmark [NAME...]     all environments by default
//
// Both sides of the ratio play the same episodes from the same states with the same random actions,
// in turns, episode by episode, so that whatever else the machine does hits both. Times are CPU
// time of this thread. Steps/s and ratio are medians over the repeats.

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "actors/envs/mujoco/registry.hpp"
#include "actors/envs/registry.hpp"
#include "common/core/error.hpp"
#include "tests/benchmarks/bare_simulation.hpp"

namespace dyna::envs {
namespace {

constexpr int kRepeats = 7;
constexpr std::size_t kEpisodeStepsMax = 100;
constexpr double kSecondsPerRepeat = 0.3;

double CpuSeconds() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Episode {
  std::vector<double> start = {};  ///< snapshot
  std::vector<std::vector<double>> actions = {};
};

std::vector<double> RandomAction(const Space& space, Rng& rng) {
  if (space.discrete()) {
    return {static_cast<double>(rng.Below(static_cast<std::uint64_t>(space.n)))};
  }
  std::vector<double> action;
  for (std::size_t i = 0; i < space.low.size(); ++i) {
    action.push_back(rng.Uniform(space.low[i], space.high[i]));
  }
  return action;
}

/// Random episodes, cut at kEpisodeStepsMax, that take a repeat's time to play.
std::vector<Episode> RecordEpisodes(Environment& environment) {
  std::vector<Episode> episodes;
  Rng rng(0, "benchmark");
  double seconds = 0.0;
  while (seconds < kSecondsPerRepeat && episodes.size() < 2000) {
    environment.Reset(rng);
    Episode episode = {.start = environment.Snapshot()};
    const double begin = CpuSeconds();
    while (episode.actions.size() < kEpisodeStepsMax) {
      episode.actions.push_back(RandomAction(environment.spec().action, rng));
      const StepResult result = environment.Step(episode.actions.back(), rng);
      if (result.terminated || result.truncated) break;
    }
    seconds += CpuSeconds() - begin;
    episodes.push_back(std::move(episode));
  }
  return episodes;
}

/// Seconds of Step and Observe over an episode.
double PlayThroughInterface(Environment& environment, const Episode& episode,
                            std::vector<double>& obs) {
  Rng rng(1, "benchmark");
  environment.Restore(episode.start);
  const double begin = CpuSeconds();
  for (const auto& action : episode.actions) {
    environment.Step(action, rng);
    environment.Observe(obs);
  }
  return CpuSeconds() - begin;
}

double PlayBare(BareSimulation& simulation, const Episode& episode) {
  simulation.Begin(episode.start);
  const double begin = CpuSeconds();
  for (const auto& action : episode.actions) simulation.Step(action);
  return CpuSeconds() - begin;
}

/// Environment steps per second and core that others publish for the same environment.
std::string Published(const std::string& name) {
  if (name != "Ant-v4") return "";
  // EnvPool's benchmark page counts frames, 5 to a step: 105,126 on 12 cores of a laptop and
  // 3,134,287 on 256 cores of a server, random actions.
  return "EnvPool: 1,752 (12 cores) to 2,449 (256 cores)";
}

void Measure(const std::string& name) {
  Config config;
  config.Set("env.name=" + name);
  const auto environment = MakeEnvironment(config);
  const auto episodes = RecordEpisodes(*environment);
  std::vector<double> obs(static_cast<std::size_t>(environment->spec().observation.columns()));
  auto bare = BareSimulation::Make(name);
  std::vector<double> rates;
  std::vector<double> bare_rates;
  std::vector<double> ratios;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    double ours = 0.0;
    double theirs = 0.0;
    std::size_t steps = 0;
    for (const Episode& episode : episodes) {
      ours += PlayThroughInterface(*environment, episode, obs);
      if (bare) theirs += PlayBare(*bare, episode);
      steps += episode.actions.size();
    }
    rates.push_back(static_cast<double>(steps) / ours);
    bare_rates.push_back(static_cast<double>(steps) / theirs);
    ratios.push_back(ours / theirs);
  }
  std::printf("%-26s %12.0f", name.c_str(), Median(rates));
  if (bare) {
    std::printf(" %12.0f %8.3f  %s", Median(bare_rates), Median(ratios), Published(name).c_str());
  }
  std::printf("\n");
  std::fflush(stdout);
}

void MeasureAll(std::vector<std::string> names) {
  if (names.empty()) names = EnvironmentNames();
  std::printf("%-26s %12s %12s %8s  %s\n", "environment", "steps/s", "bare MuJoCo", "ratio",
              "published, steps/s per core");
  for (const std::string& name : names) Measure(name);
}

}  // namespace
}  // namespace dyna::envs

int main(int argc, char** argv) try {
  dyna::envs::MeasureAll({argv + 1, argv + argc});
  return 0;
} catch (const dyna::OperatorError& error) {
  std::fprintf(stderr, "env_benchmark: %s\n", error.what());
  return 2;
}
