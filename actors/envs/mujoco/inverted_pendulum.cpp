#include "actors/envs/mujoco/inverted_pendulum.hpp"

#include "actors/envs/mujoco/task_parts.hpp"
#include "common/rules/finite.hpp"
#include "common/rules/inverted_pendulums.hpp"

namespace dyna::envs {
namespace {

void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddUniform(rng, qpos, 0.01);
  AddUniform(rng, qvel, 0.01);
}

/// 1 on every step, the terminating one included (-v4).
double Reward(const Moment& /*moment*/) { return 1.0; }

bool Terminated(const Moment& moment) {
  return !rules::AllFinite(moment.qpos()) || !rules::AllFinite(moment.qvel()) ||
         rules::InvertedPendulumFell(moment.qpos()[1]);
}

constexpr MujocoTask kInvertedPendulum = {.name = "InvertedPendulum-v4",
                                          .model = "inverted_pendulum",
                                          .frame_skip = 2,
                                          .reward_threshold = 950.0,
                                          .obs_columns = 4,
                                          .reset = Reset,
                                          .observe = ObserveState<0>,
                                          .reward = Reward,
                                          .terminated = Terminated};

}  // namespace

const MujocoTask& InvertedPendulumTask(Config& /*config*/) { return kInvertedPendulum; }

}  // namespace dyna::envs
