// Stands in for registry.cpp in a build without MuJoCo.
#include "actors/envs/mujoco/registry.hpp"

namespace dyna::envs {

bool HasMujoco() noexcept { return false; }

std::unique_ptr<Environment> MakeMujoco(const std::string& /*name*/, Config& config) {
  throw config.Wrong("env.name",
                     "available: it needs MuJoCo, which this build does not have. Install MuJoCo "
                     "(deploy/setup.sh does; Debian's package is libmujoco-dev), then configure "
                     "with -DDYNA_WITH_MUJOCO=ON and build again");
}

}  // namespace dyna::envs
