#include "actors/envs/mujoco/hopper.hpp"

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

/// By the velocities of the simulation, not the clipped ones of the observation.
bool Terminated(const Moment& moment) {
  return !rules::HopperHealthy(moment.qpos().subspan(1), moment.qvel());
}

constexpr MujocoTask kHopper = {.name = "Hopper-v4",
                                .model = "hopper",
                                .frame_skip = 4,
                                .reward_threshold = 3800.0,
                                .obs_columns = 11,
                                .progress = RootX,
                                .reset = Reset,
                                .observe = ObserveClipped<1, 10>,
                                .reward = Reward,
                                .terminated = Terminated};

}  // namespace

const MujocoTask& HopperTask(Config& /*config*/) { return kHopper; }

}  // namespace dyna::envs
