#include "actors/envs/mujoco/pusher.hpp"

#include <cmath>

#include "actors/envs/mujoco/task_parts.hpp"
#include "common/core/check.hpp"
#include "common/rules/pets.hpp"
#include "common/rules/reaching.hpp"

namespace dyna::envs {
namespace {

constexpr std::size_t kJoints = 7;     ///< of the arm; object y, x and goal y, x follow
constexpr std::size_t kObject = 7;     ///< first of the object's two offsets in qpos
constexpr double kSpeedNoise = 0.005;  ///< of the arm
constexpr double kOffsetMin_m = 0.17;  ///< the object begins no closer to the goal

/// Object offsets: y uniform in [-0.3, 0), x in [-0.2, 0.2), drawn until far enough from the goal.
void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  do {
    qpos[kObject] = rng.Uniform(-0.3, 0.0);
    qpos[kObject + 1] = rng.Uniform(-0.2, 0.2);
  } while (std::hypot(qpos[kObject], qpos[kObject + 1]) <= kOffsetMin_m);
  AddUniform(rng, qvel.first(kJoints), kSpeedNoise);
}

void PetsReset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  qpos[kObject] = -0.25;
  qpos[kObject + 1] = 0.15;
  AddNormal(rng, qpos.subspan(kObject, 2), 0.025);
  AddUniform(rng, qvel.first(kJoints), kSpeedNoise);
}

/// [joints, their velocities, as many of tip, object, goal as fit]
void Observe(const Moment& moment, std::span<double> obs) {
  ObservationWriter out(obs);
  out.Write(moment.qpos().first(kJoints));
  out.Write(moment.qvel().first(kJoints));
  out.Write(moment.points.first(obs.size() - 2 * kJoints));
}

/// Both of the positions that were there before the step.
double Reward(const Moment& moment) {
  const auto points = moment.points_before;
  return rules::PusherReward(points.first(3), points.subspan(3, 3), points.subspan(6, 3),
                             moment.action);
}

double PetsReward(const Moment& moment) {
  const auto points = moment.points_before;
  return rules::PetsPusherReward(points.first(3), points.subspan(3, 3), points.subspan(6, 3),
                                 moment.action);
}

/// The arm of PETS turns further at the shoulder; nothing else differs.
void WidenShoulder(mjModel& model) {
  const int joint = mj_name2id(&model, mjOBJ_JOINT, "r_shoulder_pan_joint");
  DYNA_CHECK(joint >= 0);
  model.jnt_range[2 * joint + 1] = 2.0;
}

constexpr std::array<TrackedPoint, 3> kPoints = {TrackedPoint{mjOBJ_BODY, "tips_arm"},
                                                 TrackedPoint{mjOBJ_BODY, "object"},
                                                 TrackedPoint{mjOBJ_BODY, "goal"}};

constexpr MujocoTask kPusher = {.name = "Pusher-v4",
                                .model = "pusher",
                                .frame_skip = 5,
                                .max_episode_steps = 100,
                                .reward_threshold = 0.0,
                                .obs_columns = 23,
                                .points = kPoints,
                                .reset = Reset,
                                .observe = Observe,
                                .reward = Reward};

constexpr MujocoTask kPetsPusher = {.name = "PetsPusher",
                                    .model = "pusher",
                                    .adjust = WidenShoulder,
                                    .frame_skip = 4,
                                    .max_episode_steps = 150,
                                    .obs_columns = 20,
                                    .points = kPoints,
                                    .reset = PetsReset,
                                    .observe = Observe,
                                    .reward = PetsReward};

}  // namespace

const MujocoTask& PusherTask(Config& /*config*/) { return kPusher; }

const MujocoTask& PetsPusherTask(Config& /*config*/) { return kPetsPusher; }

}  // namespace dyna::envs
