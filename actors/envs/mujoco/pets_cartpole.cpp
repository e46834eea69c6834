#include "actors/envs/mujoco/pets_cartpole.hpp"

#include <cmath>

#include "actors/envs/mujoco/task_parts.hpp"

namespace dyna::envs {
namespace {

constexpr double kPoleLength_m = 0.6;

void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddNormal(rng, qpos, 0.1);
  AddNormal(rng, qvel, 0.1);
}

/// r = exp(-|tip - (0, 0.6)|^2 / 0.6^2) - 0.01 |a|^2, tip = (x - 0.6 sin, -0.6 cos) AFTER the step.
double Reward(const Moment& moment) {
  const double angle = moment.qpos()[1];
  const double dx = moment.qpos()[0] - kPoleLength_m * std::sin(angle);
  const double dz = -kPoleLength_m * std::cos(angle) - kPoleLength_m;
  return std::exp(-(dx * dx + dz * dz) / (kPoleLength_m * kPoleLength_m)) -
         0.01 * SquaredNorm(moment.action);
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
