#pragma once

#include <cstdint>
#include <vector>

#include "cli/bench/bench_shapes.hpp"
#include "common/core/env_spec.hpp"

namespace dyna::cli {

inline Space BenchBox(std::int64_t columns, double bound) {
  const auto size = static_cast<std::size_t>(columns);
  return Space::Box(std::vector<double>(size, -bound), std::vector<double>(size, bound));
}

/// HalfCheetah's spaces; only their shapes matter here.
inline EnvSpec SacSpec() {
  return {.name = "bench", .observation = BenchBox(kObs, 1e9), .action = BenchBox(kActions, 1.0)};
}

/// CartPole's.
inline EnvSpec DqnSpec() {
  return {.name = "bench",
          .observation = BenchBox(kDqnObs, 1e9),
          .action = Space::Discrete(kDqnActions)};
}

}  // namespace dyna::cli
