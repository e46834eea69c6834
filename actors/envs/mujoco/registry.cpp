#include "actors/envs/mujoco/registry.hpp"

#include <algorithm>
#include <array>

#include "actors/envs/mujoco/half_cheetah.hpp"
#include "actors/envs/mujoco/hopper.hpp"
#include "actors/envs/mujoco/inverted_pendulum.hpp"
#include "actors/envs/mujoco/model_store.hpp"
#include "actors/envs/mujoco/mujoco_environment.hpp"
#include "actors/envs/mujoco/tasks.hpp"
#include "common/core/check.hpp"

namespace dyna::envs {
namespace {

struct Entry {
  std::string_view name;
  const MujocoTask& (*task)(Config& config);
};

// names.cpp lists the same names for builds without MuJoCo; a test compares the two.
constexpr std::array kTable = {
    Entry{"HalfCheetah-v4", HalfCheetahTask},
    Entry{"Hopper-v4", HopperTask},
    Entry{"InvertedPendulum-v4", InvertedPendulumTask},
};

}  // namespace

bool HasMujoco() noexcept { return true; }

const MujocoTask& FindMujocoTask(std::string_view name, Config& config) {
  const auto entry = std::find_if(kTable.begin(), kTable.end(),
                                  [&](const Entry& candidate) { return candidate.name == name; });
  DYNA_CHECK_MSG(entry != kTable.end(), "no MuJoCo task " << name);
  return entry->task(config);
}

std::unique_ptr<Environment> MakeMujoco(const std::string& name, Config& config) {
  const MujocoTask& task = FindMujocoTask(name, config);
  return std::make_unique<MujocoEnvironment>(task, SharedModel(task.model));
}

}  // namespace dyna::envs
