#include "actors/envs/classic/cart_pole_base.hpp"

#include <cmath>
#include <utility>

#include "common/rules/cart_pole.hpp"

namespace dyna::envs {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kGravity = 9.8;
constexpr double kPoleMass_kg = 0.1;
constexpr double kTotalMass_kg = 1.0 + kPoleMass_kg;
constexpr double kPoleHalfLength_m = 0.5;
constexpr double kPoleMassLength = kPoleMass_kg * kPoleHalfLength_m;
constexpr double kStep_s = 0.02;

}  // namespace

CartPoleBase::CartPoleBase(EnvSpec spec)
    : StateVectorEnvironment(std::move(spec), {-kInfinity, -kInfinity, -kInfinity, -kInfinity},
                             {kInfinity, kInfinity, kInfinity, kInfinity}) {}

EnvSpec CartPoleBase::BaseSpec(std::string name) {
  // Gymnasium's box is twice the failure limits, so that a failing observation is inside it.
  const double x = FloatBound(2.0 * rules::kCartPolePositionLimit);
  const double theta = FloatBound(2.0 * rules::kCartPoleAngleLimit_rad);
  return {.name = std::move(name),
          .observation =
              Space::Box({-x, -kInfinity, -theta, -kInfinity}, {x, kInfinity, theta, kInfinity}),
          .state_names = {"x", "x_dot", "theta", "theta_dot"}};
}

void CartPoleBase::Reset(Rng& rng) {
  for (double& value : state_) value = rng.Uniform(-0.05, 0.05);
  failed_ = false;
}

StepResult CartPoleBase::Step(std::span<const double> action, Rng& /*rng*/) {
  Integrate(Force(action));
  const bool terminated = rules::CartPoleFailed(state_[0], state_[2]);
  const double reward = failed_ ? 0.0 : 1.0;
  failed_ = failed_ || terminated;
  return {.reward = reward, .terminated = terminated};
}

void CartPoleBase::Integrate(double force) {
  auto& [x, x_dot, theta, theta_dot] = state_;
  const double cos_theta = std::cos(theta);
  const double sin_theta = std::sin(theta);
  const double temp =
      (force + kPoleMassLength * (theta_dot * theta_dot) * sin_theta) / kTotalMass_kg;
  const double theta_acc =
      (kGravity * sin_theta - cos_theta * temp) /
      (kPoleHalfLength_m * (4.0 / 3.0 - kPoleMass_kg * (cos_theta * cos_theta) / kTotalMass_kg));
  const double x_acc = temp - kPoleMassLength * theta_acc * cos_theta / kTotalMass_kg;
  x += kStep_s * x_dot;
  x_dot += kStep_s * x_acc;
  theta += kStep_s * theta_dot;
  theta_dot += kStep_s * theta_acc;
}

void CartPoleBase::Observe(std::span<double> obs) const {
  std::copy(state_.begin(), state_.end(), obs.begin());
}

void CartPoleBase::SetState(std::span<const double> state) {
  StateVectorEnvironment::SetState(state);
  failed_ = false;
}

std::vector<double> CartPoleBase::Snapshot() const {
  std::vector<double> snapshot(state_.begin(), state_.end());
  snapshot.push_back(failed_ ? 1.0 : 0.0);
  return snapshot;
}

void CartPoleBase::Restore(std::span<const double> snapshot) {
  if (snapshot.size() != 5) RefuseSnapshot(snapshot.size(), 5);
  StateVectorEnvironment::Restore(snapshot.first(4));
  failed_ = snapshot[4] != 0.0;
}

}  // namespace dyna::envs
