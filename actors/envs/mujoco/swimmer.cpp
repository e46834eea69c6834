#include "actors/envs/mujoco/swimmer.hpp"

#include "actors/envs/mujoco/task_parts.hpp"
#include "common/rules/vectors.hpp"

namespace dyna::envs {
namespace {

void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddUniform(rng, qpos, 0.1);
  AddUniform(rng, qvel, 0.1);
}

/// r = velocity - 0.0001 |a|^2.
double Reward(const Moment& moment) {
  return moment.velocity() - 1e-4 * rules::SquaredNorm(moment.action);
}

constexpr MujocoTask kSwimmer = {.name = "Swimmer-v4",
                                 .model = "swimmer",
                                 .frame_skip = 4,
                                 .reward_threshold = 360.0,
                                 .obs_columns = 8,
                                 .progress = RootX,
                                 .reset = Reset,
                                 .observe = ObserveState<2>,
                                 .reward = Reward};

}  // namespace

const MujocoTask& SwimmerTask(Config& /*config*/) { return kSwimmer; }

}  // namespace dyna::envs
