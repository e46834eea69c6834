#include "actors/envs/mujoco/pets_reacher3d.hpp"

#include "actors/envs/mujoco/task_parts.hpp"
#include "common/rules/pets.hpp"

namespace dyna::envs {
namespace {

constexpr std::size_t kJoints = 7;  ///< of the arm; the target's three coordinates follow

/// The arm begins at zero, at rest; the target is normal around its place in the model.
void Reset(Rng& rng, std::span<double> qpos, std::span<double> /*qvel*/) {
  AddNormal(rng, qpos.subspan(kJoints), 0.1);
}

void Observe(const Moment& moment, std::span<double> obs) {
  ObservationWriter out(obs);
  out.Write(moment.qpos());
  out.Write(moment.qvel().first(kJoints));
}

double Reward(const Moment& moment) {
  return rules::PetsReacher3dReward(moment.qpos(), moment.action);
}

constexpr MujocoTask kPetsReacher3D = {.name = "PetsReacher3D",
                                       .model = "pets_reacher3d",
                                       .frame_skip = 2,
                                       .max_episode_steps = 150,
                                       .obs_columns = 17,
                                       .reset = Reset,
                                       .observe = Observe,
                                       .reward = Reward};

}  // namespace

const MujocoTask& PetsReacher3DTask(Config& /*config*/) { return kPetsReacher3D; }

}  // namespace dyna::envs
