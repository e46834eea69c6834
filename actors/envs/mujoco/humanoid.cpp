#include "actors/envs/mujoco/humanoid.hpp"

#include "actors/envs/mujoco/task_parts.hpp"
#include "common/rules/locomotion.hpp"
#include "common/rules/vectors.hpp"

namespace dyna::envs {
namespace {

void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddUniform(rng, qpos, 0.01);
  AddUniform(rng, qvel, 0.01);
}

/// x of the centre of mass, the bodies' centres weighted by their masses.
double CentreOfMassX(const mjModel& model, const mjData& data) {
  double mass = 0.0;
  double moment = 0.0;
  for (std::size_t body = 0; body < static_cast<std::size_t>(model.nbody); ++body) {
    mass += model.body_mass[body];
    moment += model.body_mass[body] * data.xipos[3 * body];
  }
  return moment / mass;
}

void Observe(const Moment& moment, std::span<double> obs) {
  const mjData& data = moment.data;
  const auto bodies = static_cast<std::size_t>(moment.model.nbody);
  ObservationWriter out(obs);
  out.Write(moment.qpos().subspan(2));
  out.Write(moment.qvel());
  out.Write({data.cinert, bodies * 10});
  out.Write({data.cvel, bodies * 6});
  out.Write({data.qfrc_actuator, moment.qvel().size()});
  out.Write(moment.contact_forces());
}

/// r = 1.25 velocity + 5 - 0.1 |a|^2; the 5 is paid on the terminating step too (-v4).
double Reward(const Moment& moment) {
  return 1.25 * moment.velocity() + 5.0 - 0.1 * rules::SquaredNorm(moment.action);
}

/// The same, less min(5e-7 |contact forces|^2, 10). mbrl-lib writes the first term as 0.25 / 0.003,
/// the time of a substep, which is 1.25 / 0.015.
double TruncatedObsReward(const Moment& moment) {
  return Reward(moment) - std::min(5e-7 * rules::SquaredNorm(moment.contact_forces()), 10.0);
}

bool Terminated(const Moment& moment) { return !rules::HumanoidHealthy(moment.qpos()[2]); }

bool TruncatedObsTerminated(const Moment& moment) {
  return !rules::HumanoidTruncatedHealthy(moment.qpos()[2]);
}

constexpr MujocoTask kHumanoid = {.name = "Humanoid-v4",
                                  .model = "humanoid",
                                  .frame_skip = 5,
                                  .obs_columns = 376,
                                  .progress = CentreOfMassX,
                                  .reset = Reset,
                                  .observe = Observe,
                                  .reward = Reward,
                                  .terminated = Terminated};

constexpr MujocoTask kHumanoidTruncatedObs = {.name = "HumanoidTruncatedObs",
                                              .model = "humanoid",
                                              .frame_skip = 5,
                                              .obs_columns = 45,
                                              .progress = CentreOfMassX,
                                              .reset = Reset,
                                              .observe = ObserveState<2>,
                                              .reward = TruncatedObsReward,
                                              .terminated = TruncatedObsTerminated};

}  // namespace

const MujocoTask& HumanoidTask(Config& /*config*/) { return kHumanoid; }

const MujocoTask& HumanoidTruncatedObsTask(Config& /*config*/) { return kHumanoidTruncatedObs; }

}  // namespace dyna::envs
