// Stands in for registry.cpp and skeleton.cpp in a build without MuJoCo.
#include "actors/envs/mujoco/registry.hpp"
#include "actors/envs/mujoco/skeleton.hpp"

namespace dyna::envs {
namespace {

[[noreturn]] void ThrowMissing(const Config& config) {
  throw config.Wrong("env.name",
                     "available: it needs MuJoCo, which this build does not have. Install MuJoCo "
                     "(deploy/setup.sh does; Debian's package is libmujoco-dev), then configure "
                     "with -DDYNA_WITH_MUJOCO=ON and build again");
}

}  // namespace

bool HasMujoco() noexcept { return false; }

std::unique_ptr<Environment> MakeMujoco(const std::string& /*name*/, Config& config) {
  ThrowMissing(config);
}

Skeleton MakeSkeleton(const std::string& /*name*/, Config& config) { ThrowMissing(config); }

}  // namespace dyna::envs
