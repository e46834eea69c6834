#include "actors/envs/mujoco/registry.hpp"

#include <algorithm>
#include <array>

#include "actors/envs/mujoco/ant.hpp"
#include "actors/envs/mujoco/half_cheetah.hpp"
#include "actors/envs/mujoco/hopper.hpp"
#include "actors/envs/mujoco/humanoid.hpp"
#include "actors/envs/mujoco/inverted_double_pendulum.hpp"
#include "actors/envs/mujoco/inverted_pendulum.hpp"
#include "actors/envs/mujoco/model_store.hpp"
#include "actors/envs/mujoco/mujoco_environment.hpp"
#include "actors/envs/mujoco/pets_cartpole.hpp"
#include "actors/envs/mujoco/pets_reacher3d.hpp"
#include "actors/envs/mujoco/pusher.hpp"
#include "actors/envs/mujoco/reacher.hpp"
#include "actors/envs/mujoco/swimmer.hpp"
#include "actors/envs/mujoco/tasks.hpp"
#include "actors/envs/mujoco/walker2d.hpp"
#include "common/core/check.hpp"

namespace dyna::envs {
namespace {

struct Entry {
  std::string_view name;
  const MujocoTask& (*task)(Config& config);
};

// names.cpp lists the same names for builds without MuJoCo; a test compares the two.
constexpr std::array kTable = {
    Entry{"Ant-v4", AntTask},
    Entry{"AntTruncatedObs", AntTruncatedObsTask},
    Entry{"HalfCheetah-v4", HalfCheetahTask},
    Entry{"Hopper-v4", HopperTask},
    Entry{"Humanoid-v4", HumanoidTask},
    Entry{"HumanoidTruncatedObs", HumanoidTruncatedObsTask},
    Entry{"InvertedDoublePendulum-v4", InvertedDoublePendulumTask},
    Entry{"InvertedPendulum-v4", InvertedPendulumTask},
    Entry{"PetsCartPole", PetsCartPoleTask},
    Entry{"PetsHalfCheetah", PetsHalfCheetahTask},
    Entry{"PetsPusher", PetsPusherTask},
    Entry{"PetsReacher3D", PetsReacher3DTask},
    Entry{"Pusher-v4", PusherTask},
    Entry{"Reacher-v4", ReacherTask},
    Entry{"Swimmer-v4", SwimmerTask},
    Entry{"Walker2d-v4", Walker2dTask},
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
  return std::make_unique<MujocoEnvironment>(task, SharedModel(task.model, task.adjust));
}

}  // namespace dyna::envs
