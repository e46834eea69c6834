#include "actors/envs/mujoco/hopper.hpp"

#include <cmath>

#include "actors/envs/mujoco/task_parts.hpp"

namespace dyna::envs {
namespace {

constexpr double kStateLimit = 100.0;
constexpr double kHeightMin_m = 0.7;
constexpr double kAngleMax_rad = 0.2;

void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddUniform(rng, qpos, 5e-3);
  AddUniform(rng, qvel, 5e-3);
}

/// r = velocity + 1 - 0.001 |a|^2; the 1 is paid on the terminating step too (-v4).
double Reward(const Moment& moment) {
  return moment.velocity() + 1.0 - 1e-3 * SquaredNorm(moment.action);
}

/// Unhealthy: any of the state but (x, z) at +-100 or beyond, too low, or tilted. The velocities
/// are those of the simulation, not the clipped ones of the observation.
bool Terminated(const Moment& moment) {
  const auto inside = [](double value) { return std::abs(value) < kStateLimit; };
  const auto qpos = moment.qpos();
  const auto qvel = moment.qvel();
  const bool healthy = std::all_of(qpos.begin() + 2, qpos.end(), inside) &&
                       std::all_of(qvel.begin(), qvel.end(), inside) && qpos[1] > kHeightMin_m &&
                       std::abs(qpos[2]) < kAngleMax_rad;
  return !healthy;
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
