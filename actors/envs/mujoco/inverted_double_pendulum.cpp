#include "actors/envs/mujoco/inverted_double_pendulum.hpp"

#include <cmath>

#include "actors/envs/mujoco/task_parts.hpp"
#include "common/rules/inverted_pendulums.hpp"

namespace dyna::envs {
namespace {

constexpr double kClip = 10.0;

void Reset(Rng& rng, std::span<double> qpos, std::span<double> qvel) {
  AddUniform(rng, qpos, 0.1);
  AddNormal(rng, qvel, 0.1);
}

void Observe(const Moment& moment, std::span<double> obs) {
  const auto qpos = moment.qpos();
  ObservationWriter out(obs);
  out.Write(qpos[0]);
  out.Write(std::sin(qpos[1]));
  out.Write(std::sin(qpos[2]));
  out.Write(std::cos(qpos[1]));
  out.Write(std::cos(qpos[2]));
  out.WriteClipped(moment.qvel(), kClip);
  out.WriteClipped({moment.data.qfrc_constraint, moment.qvel().size()}, kClip);
}

/// r = 10 - (0.01 x^2 + (z - 2)^2) - (0.001 v1^2 + 0.005 v2^2) with the tip at (x, z); the 10 is
/// paid on the terminating step too (-v4).
double Reward(const Moment& moment) {
  const double x = moment.points[0];
  const double z = moment.points[2];
  const double v1 = moment.qvel()[1];
  const double v2 = moment.qvel()[2];
  const double distance = 0.01 * x * x + (z - 2.0) * (z - 2.0);
  return 10.0 - distance - (1e-3 * v1 * v1 + 5e-3 * v2 * v2);
}

bool Terminated(const Moment& moment) { return rules::DoublePendulumFell(moment.points[2]); }

constexpr MujocoTask kInvertedDoublePendulum = {.name = "InvertedDoublePendulum-v4",
                                                .model = "inverted_double_pendulum",
                                                .frame_skip = 5,
                                                .reward_threshold = 9100.0,
                                                .obs_columns = 11,
                                                .points = {TrackedPoint{mjOBJ_SITE, "tip"}},
                                                .reset = Reset,
                                                .observe = Observe,
                                                .reward = Reward,
                                                .terminated = Terminated};

}  // namespace

const MujocoTask& InvertedDoublePendulumTask(Config& /*config*/) { return kInvertedDoublePendulum; }

}  // namespace dyna::envs
