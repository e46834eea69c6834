#include "actors/envs/mujoco/reacher.hpp"

#include <cmath>

#include "actors/envs/mujoco/task_parts.hpp"
#include "common/rules/reaching.hpp"

namespace dyna::envs {
namespace {

constexpr std::size_t kJoints = 2;  ///< of the arm; the target's two coordinates follow
constexpr double kTargetDistanceMax_m = 0.2;

/// The target is uniform in a disc of 0.2 m.
void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddUniform(rng, qpos.first(kJoints), 0.1);
  do {
    for (double& coordinate : qpos.subspan(kJoints)) {
      coordinate = rng.Uniform(-kTargetDistanceMax_m, kTargetDistanceMax_m);
    }
  } while (std::hypot(qpos[2], qpos[3]) >= kTargetDistanceMax_m);
  AddUniform(rng, qvel.first(kJoints), 0.005);
}

void Observe(const Moment& moment, std::span<double> obs) {
  const auto qpos = moment.qpos();
  ObservationWriter out(obs);
  out.Write(std::cos(qpos[0]));
  out.Write(std::cos(qpos[1]));
  out.Write(std::sin(qpos[0]));
  out.Write(std::sin(qpos[1]));
  out.Write(qpos.subspan(kJoints));
  out.Write(moment.qvel().first(kJoints));
  for (std::size_t i = 0; i < 3; ++i) out.Write(moment.points[i] - moment.points[3 + i]);
}

/// Of the positions that were there before the step.
double Reward(const Moment& moment) {
  std::array<double, 3> offset = {};
  for (std::size_t i = 0; i < offset.size(); ++i) {
    offset[i] = moment.points_before[i] - moment.points_before[3 + i];
  }
  return rules::ReacherReward(offset, moment.action);
}

constexpr MujocoTask kReacher = {
    .name = "Reacher-v4",
    .model = "reacher",
    .frame_skip = 2,
    .max_episode_steps = 50,
    .reward_threshold = -3.75,
    .obs_columns = 11,
    .points = {TrackedPoint{mjOBJ_BODY, "fingertip"}, TrackedPoint{mjOBJ_BODY, "target"}},
    .reset = Reset,
    .observe = Observe,
    .reward = Reward};

}  // namespace

const MujocoTask& ReacherTask(Config& /*config*/) { return kReacher; }

}  // namespace dyna::envs
