#include "actors/envs/mujoco/ant.hpp"

#include "actors/envs/mujoco/task_parts.hpp"
#include "common/rules/finite.hpp"
#include "common/rules/locomotion.hpp"
#include "common/rules/vectors.hpp"

namespace dyna::envs {
namespace {

constexpr std::size_t kStateColumns = 27;
constexpr std::size_t kForceColumns = 84;  ///< 14 bodies, the world first

/// Noise on the quaternion too: MuJoCo normalises it.
void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddUniform(rng, qpos, 0.1);
  AddNormal(rng, qvel, 0.1);
}

void ObserveForces(const Moment& moment, std::span<double> obs) {
  ObserveState<2>(moment, obs.first(kStateColumns));
  ObservationWriter(obs.subspan(kStateColumns)).WriteClipped(moment.contact_forces(), 1.0);
}

/// r = velocity + 1 - 0.5 |a|^2, the velocity of the torso body; the 1 is paid on the terminating
/// step too (-v4).
double Reward(const Moment& moment) {
  return moment.velocity() + 1.0 - 0.5 * rules::SquaredNorm(moment.action);
}

/// The same, less 0.0005 times the sum of squares of the contact forces, each clipped to +-1.
double RewardWithForces(const Moment& moment) {
  double cost = 0.0;
  for (const double force : moment.contact_forces()) {
    const double clipped = std::clamp(force, -1.0, 1.0);
    cost += clipped * clipped;
  }
  return Reward(moment) - 5e-4 * cost;
}

bool Terminated(const Moment& moment) {
  const bool healthy = rules::AllFinite(moment.qpos()) && rules::AllFinite(moment.qvel()) &&
                       rules::AntHealthy(moment.qpos()[2]);
  return !healthy;
}

constexpr MujocoTask kAnt = {.name = "Ant-v4",
                             .model = "ant",
                             .frame_skip = 5,
                             .reward_threshold = 6000.0,
                             .obs_columns = kStateColumns,
                             .progress = BodyX<1>,
                             .reset = Reset,
                             .observe = ObserveState<2>,
                             .reward = Reward,
                             .terminated = Terminated};

constexpr MujocoTask WithForces() {
  MujocoTask task = kAnt;
  task.obs_columns = kStateColumns + kForceColumns;
  task.observe = ObserveForces;
  task.reward = RewardWithForces;
  return task;
}

constexpr MujocoTask TruncatedObs() {
  MujocoTask task = kAnt;
  task.name = "AntTruncatedObs";
  task.reward_threshold = {};
  task.reward = RewardWithForces;
  return task;
}

constexpr MujocoTask kAntWithForces = WithForces();
constexpr MujocoTask kAntTruncatedObs = TruncatedObs();

}  // namespace

const MujocoTask& AntTask(Config& config) {
  return config.GetBool("env.use_contact_forces", false) ? kAntWithForces : kAnt;
}

const MujocoTask& AntTruncatedObsTask(Config& /*config*/) { return kAntTruncatedObs; }

}  // namespace dyna::envs
