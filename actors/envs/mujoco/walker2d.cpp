#include "actors/envs/mujoco/walker2d.hpp"

#include <cmath>

#include "actors/envs/mujoco/task_parts.hpp"

namespace dyna::envs {
namespace {

void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddUniform(rng, qpos, 5e-3);
  AddUniform(rng, qvel, 5e-3);
}

/// r = velocity + 1 - 0.001 |a|^2; the 1 is paid on the terminating step too (-v4).
double Reward(const Moment& moment) {
  return moment.velocity() + 1.0 - 1e-3 * SquaredNorm(moment.action);
}

/// Healthy: 0.8 m < z < 2 m and the torso leans by less than 1.
bool Terminated(const Moment& moment) {
  const double z = moment.qpos()[1];
  const bool healthy = z > 0.8 && z < 2.0 && std::abs(moment.qpos()[2]) < 1.0;
  return !healthy;
}

constexpr MujocoTask kWalker2d = {.name = "Walker2d-v4",
                                  .model = "walker2d",
                                  .frame_skip = 4,
                                  .obs_columns = 17,
                                  .progress = RootX,
                                  .reset = Reset,
                                  .observe = ObserveClipped<1, 10>,
                                  .reward = Reward,
                                  .terminated = Terminated};

}  // namespace

const MujocoTask& Walker2dTask(Config& /*config*/) { return kWalker2d; }

}  // namespace dyna::envs
