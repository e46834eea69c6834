#include "actors/envs/mujoco/pets_reacher3d.hpp"

#include <cmath>

#include "actors/envs/mujoco/task_parts.hpp"

namespace dyna::envs {
namespace {

constexpr std::size_t kJoints = 7;  ///< of the arm; the target's three coordinates follow

using Vector3 = std::array<double, 3>;

Vector3 Cross(const Vector3& a, const Vector3& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

/// A point of the arm and the directions of the link that ends there.
struct ArmEnd {
  Vector3 position;
  Vector3 along;   ///< unit, along the link
  Vector3 across;  ///< unit, perpendicular to it
};

/// Adds a link of `length` that bends by `hinge` after a turn of `roll` about the link before.
ArmEnd Extend(const ArmEnd& arm, double length, double hinge, double roll) {
  const Vector3 third = Cross(arm.along, arm.across);
  ArmEnd next = arm;
  for (std::size_t i = 0; i < 3; ++i) {
    next.along[i] = std::cos(hinge) * arm.along[i] +
                    std::sin(hinge) * std::sin(roll) * arm.across[i] -
                    std::sin(hinge) * std::cos(roll) * third[i];
    next.position[i] += length * next.along[i];
  }
  const Vector3 normal = Cross(next.along, arm.along);
  const double norm = std::sqrt(SquaredNorm(normal));
  if (norm < 1e-30) return next;  // straight on: keep the old perpendicular
  for (std::size_t i = 0; i < 3; ++i) next.across[i] = normal[i] / norm;
  return next;
}

/// Where the arm ends [m], from its joint angles (PETS's own chain, not the simulation's).
Vector3 EndOfArm(std::span<const double> q) {
  const double c1 = std::cos(q[0]);
  const double s1 = std::sin(q[0]);
  const double c2 = std::cos(q[1]);
  const double s2 = std::sin(q[1]);
  const ArmEnd elbow = {
      .position = {0.1 * c1 + 0.4 * c1 * c2, 0.1 * s1 + 0.4 * s1 * c2 - 0.188, -0.4 * s2},
      .along = {c2 * c1, c2 * s1, -s2},
      .across = {-s1, c1, 0.0}};
  const ArmEnd wrist = Extend(elbow, 0.321, q[3], q[2]);
  return Extend(wrist, 0.16828, q[5], q[4]).position;
}

/// The arm begins at zero, at rest; the target is normal around its place in the model.
void Reset(Rng& rng, std::span<double> qpos, std::span<double> /*qvel*/) {
  AddNormal(rng, qpos.subspan(kJoints), 0.1);
}

void Observe(const Moment& moment, std::span<double> obs) {
  ObservationWriter out(obs);
  out.Write(moment.qpos());
  out.Write(moment.qvel().first(kJoints));
}

/// r = -|end of arm - target|^2 - 0.01 |a|^2 AFTER the step.
double Reward(const Moment& moment) {
  const double distance = Distance(EndOfArm(moment.qpos()), moment.qpos().subspan(kJoints));
  return -distance * distance - 0.01 * SquaredNorm(moment.action);
}

constexpr MujocoTask kPetsReacher3D = {.name = "PetsReacher3D",
                                       .model = "pets_reacher3d",
                                       .frame_skip = 2,
                                       .max_episode_steps = 150,
                                       .obs_columns = 17,
                                       .reset = Reset,
                                       .observe = Observe,
                                       .reward = Reward};

}  // namespace

const MujocoTask& PetsReacher3DTask(Config& /*config*/) { return kPetsReacher3D; }

}  // namespace dyna::envs
