#include "actors/envs/mujoco/pets_cartpole.hpp"

#include "actors/envs/mujoco/task_parts.hpp"
#include "common/rules/pets.hpp"

namespace dyna::envs {
namespace {

void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddNormal(rng, qpos, 0.1);
  AddNormal(rng, qvel, 0.1);
}

double Reward(const Moment& moment) {
  return rules::PetsCartPoleReward(moment.qpos()[0], moment.qpos()[1], moment.action);
}

constexpr MujocoTask kPetsCartPole = {.name = "PetsCartPole",
                                      .model = "pets_cartpole",
                                      .frame_skip = 2,
                                      .max_episode_steps = 200,
                                      .obs_columns = 4,
                                      .reset = Reset,
                                      .observe = ObserveState<0>,
                                      .reward = Reward};

}  // namespace

const MujocoTask& PetsCartPoleTask(Config& /*config*/) { return kPetsCartPole; }

}  // namespace dyna::envs
