#include "actors/envs/mujoco/half_cheetah.hpp"

#include "actors/envs/mujoco/task_parts.hpp"

namespace dyna::envs {
namespace {

void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddUniform(rng, qpos, 0.1);
  AddNormal(rng, qvel, 0.1);
}

/// r = velocity - 0.1 |a|^2.
double Reward(const Moment& moment) { return moment.velocity() - 0.1 * SquaredNorm(moment.action); }

constexpr MujocoTask kHalfCheetah = {.name = "HalfCheetah-v4",
                                     .model = "half_cheetah",
                                     .frame_skip = 5,
                                     .reward_threshold = 4800.0,
                                     .obs_columns = 17,
                                     .progress = RootX,
                                     .reset = Reset,
                                     .observe = ObserveState<1>,
                                     .reward = Reward};

}  // namespace

const MujocoTask& HalfCheetahTask(Config& /*config*/) { return kHalfCheetah; }

}  // namespace dyna::envs
