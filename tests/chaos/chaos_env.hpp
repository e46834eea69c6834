#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

#include "tests/chaos/chaos_run.hpp"

namespace dyna::chaos {

/// DYNA_CHAOS_SEED, or the gate's.
inline std::uint64_t Seed() {
  const char* const text = std::getenv("DYNA_CHAOS_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 20'260;
}

/// DYNA_CHAOS_KILLS, or the gate's few: random kills, and with 200 every named point 20 times.
inline int Kills() {
  const char* const text = std::getenv("DYNA_CHAOS_KILLS");
  return text != nullptr ? std::atoi(text) : 12;
}

/// The real program; with the shim where it is built.
inline ChaosRun::Options RealShard(std::uint64_t seed) {
  ChaosRun::Options options;
  options.seed = seed;
  options.program = DYNA_REPLAY_PROGRAM;
#ifdef DYNA_FAULT_SHIM
  options.shim = DYNA_FAULT_SHIM;
#endif
  return options;
}

}  // namespace dyna::chaos
