#include "actors/envs/mujoco/walker2d.hpp"

#include "actors/envs/mujoco/task_parts.hpp"
#include "common/rules/locomotion.hpp"
#include "common/rules/vectors.hpp"

namespace dyna::envs {
namespace {

void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddUniform(rng, qpos, 5e-3);
  AddUniform(rng, qvel, 5e-3);
}

/// r = velocity + 1 - 0.001 |a|^2; the 1 is paid on the terminating step too (-v4).
double Reward(const Moment& moment) {
  return moment.velocity() + 1.0 - 1e-3 * rules::SquaredNorm(moment.action);
}

bool Terminated(const Moment& moment) {
  return !rules::Walker2dHealthy(moment.qpos()[1], moment.qpos()[2]);
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
