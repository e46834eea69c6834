#include "actors/envs/mujoco/inverted_pendulum.hpp"

#include <cmath>

#include "actors/envs/mujoco/task_parts.hpp"

namespace dyna::envs {
namespace {

constexpr double kAngleMax_rad = 0.2;

void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddUniform(rng, qpos, 0.01);
  AddUniform(rng, qvel, 0.01);
}

/// 1 on every step, the terminating one included (-v4).
double Reward(const Moment& /*moment*/) { return 1.0; }

bool Terminated(const Moment& moment) {
  const auto finite = [](double value) { return std::isfinite(value); };
  const auto qpos = moment.qpos();
  const auto qvel = moment.qvel();
  const bool upright = std::all_of(qpos.begin(), qpos.end(), finite) &&
                       std::all_of(qvel.begin(), qvel.end(), finite) &&
                       std::abs(qpos[1]) <= kAngleMax_rad;
  return !upright;
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
