#include "actors/envs/mujoco/half_cheetah.hpp"

#include "actors/envs/mujoco/task_parts.hpp"
#include "common/rules/vectors.hpp"

namespace dyna::envs {
namespace {

void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddUniform(rng, qpos, 0.1);
  AddNormal(rng, qvel, 0.1);
}

void PetsReset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddNormal(rng, qpos, 1e-3);
  AddNormal(rng, qvel, 1e-3);
}

void PetsObserve(const Moment& moment, std::span<double> obs) {
  obs[0] = moment.velocity();
  ObserveState<1>(moment, obs.subspan(1));
}

/// r = velocity - 0.1 |a|^2.
double Reward(const Moment& moment) {
  return moment.velocity() - 0.1 * rules::SquaredNorm(moment.action);
}

constexpr MujocoTask kHalfCheetah = {.name = "HalfCheetah-v4",
                                     .model = "half_cheetah",
                                     .frame_skip = 5,
                                     .reward_threshold = 4800.0,
                                     .obs_columns = 17,
                                     .progress = RootX,
                                     .reset = Reset,
                                     .observe = ObserveState<1>,
                                     .reward = Reward};

constexpr MujocoTask kPetsHalfCheetah = {.name = "PetsHalfCheetah",
                                         .model = "half_cheetah",
                                         .frame_skip = 5,
                                         .obs_columns = 18,
                                         .progress = RootX,
                                         .reset = PetsReset,
                                         .observe = PetsObserve,
                                         .reward = Reward};

}  // namespace

const MujocoTask& HalfCheetahTask(Config& /*config*/) { return kHalfCheetah; }

const MujocoTask& PetsHalfCheetahTask(Config& /*config*/) { return kPetsHalfCheetah; }

}  // namespace dyna::envs
