// What a step costs over the bridge to Gymnasium beyond the step itself, on this machine.
//
//   bridge_benchmark [NAME...]     CartPole-v1 and Pendulum-v1 by default
//
// Wall-clock microseconds, medians of 7 repeats. "direct" is Gymnasium called in a loop in Python;
// "bridge" the same steps asked for from here, N environments in one message; "overhead" their
// difference for one environment step. Resets are not timed.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "actors/envs/registry.hpp"
#include "common/core/error.hpp"
#include "tests/support/run_command.hpp"

namespace dyna::envs {
namespace {

constexpr int kRepeats = 7;
constexpr int kSteps = 4000;  ///< of environments, a repeat

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double DirectMicroseconds(const std::string& name) {
  const auto [output, status] =
      testing_support::RunCommand(DYNA_SOURCE_DIR "/build/python/bin/python3 " DYNA_SOURCE_DIR
                                                  "/tests/benchmarks/bridge_benchmark.py " +
                                  name + " " + std::to_string(kSteps));
  if (status != 0) throw OperatorError("Gymnasium cannot be measured: " + output);
  return std::strtod(output.c_str(), nullptr);
}

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

double BridgeMicroseconds(const std::string& name, std::int64_t count) {
  Config config;
  config.Set("env.name=\"gym:" + name + "\"");
  config.Set("env.python=\"" DYNA_SOURCE_DIR "/build/python/bin/python3\"");
  const auto environments = MakeEnvironments(config, count);
  Rng rng(0, "benchmark");
  std::vector<double> obs(static_cast<std::size_t>(environments[0]->spec().observation.columns()));
  std::vector<double> times;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    for (const auto& environment : environments) environment->Reset(rng);
    std::chrono::duration<double, std::micro> spent{};
    std::int64_t steps = 0;
    while (steps < kSteps) {
      std::vector<std::vector<double>> actions;
      for (std::int64_t i = 0; i < count; ++i) {
        actions.push_back(RandomAction(environments[0]->spec().action, rng));
      }
      std::vector<std::size_t> ended;
      const auto begin = std::chrono::steady_clock::now();
      for (std::size_t i = 0; i < environments.size(); ++i) environments[i]->Announce(actions[i]);
      for (std::size_t i = 0; i < environments.size(); ++i) {
        const StepResult result = environments[i]->Step(actions[i], rng);
        environments[i]->Observe(obs);
        if (result.terminated || result.truncated) ended.push_back(i);
      }
      spent += std::chrono::steady_clock::now() - begin;
      steps += count;
      for (const std::size_t i : ended) environments[i]->Reset(rng);
    }
    times.push_back(spent.count() / static_cast<double>(steps));
  }
  return Median(times);
}

void Measure(const std::string& name) {
  const double direct = DirectMicroseconds(name);
  for (const std::int64_t count : {1, 4, 16, 64}) {
    const double bridge = BridgeMicroseconds(name, count);
    std::printf("%-24s %4lld %12.1f %12.1f %12.1f\n", name.c_str(), static_cast<long long>(count),
                direct, bridge, bridge - direct);
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace dyna::envs

int main(int argc, char** argv) try {
  std::vector<std::string> names(argv + 1, argv + argc);
  if (names.empty()) names = {"CartPole-v1", "Pendulum-v1"};
  std::printf("%-24s %4s %12s %12s %12s   us per environment step\n", "environment", "N", "direct",
              "bridge", "overhead");
  for (const std::string& name : names) dyna::envs::Measure(name);
  return 0;
} catch (const dyna::OperatorError& error) {
  std::fprintf(stderr, "bridge_benchmark: %s\n", error.what());
  return 2;
}
