// Stands in for bare_mujoco.cpp in a build without MuJoCo.
#include "tests/benchmarks/bare_simulation.hpp"

namespace dyna::envs {

std::unique_ptr<BareSimulation> BareSimulation::Make(const std::string& /*env_name*/) {
  return nullptr;
}

}  // namespace dyna::envs
