#include "actors/envs/classic/mountain_car_base.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dyna::envs {
namespace {

constexpr double kPositionMin = -1.2;
constexpr double kPositionMax = 0.6;
constexpr double kSpeedMax = 0.07;
constexpr double kGravity = 0.0025;

}  // namespace

MountainCarBase::MountainCarBase(EnvSpec spec)
    : StateVectorEnvironment(std::move(spec), {FloatBound(kPositionMin), FloatBound(-kSpeedMax)},
                             {FloatBound(kPositionMax), FloatBound(kSpeedMax)}) {}

EnvSpec MountainCarBase::BaseSpec(std::string name) {
  return {.name = std::move(name),
          .observation = Space::Box({FloatBound(kPositionMin), FloatBound(-kSpeedMax)},
                                    {FloatBound(kPositionMax), FloatBound(kSpeedMax)}),
          .state_names = {"position", "velocity"}};
}

void MountainCarBase::Reset(Rng& rng) { state_ = {rng.Uniform(-0.6, -0.4), 0.0}; }

void MountainCarBase::Move(double push) {
  auto& [position, velocity] = state_;
  velocity += push - kGravity * std::cos(3.0 * position);
  velocity = std::clamp(velocity, -kSpeedMax, kSpeedMax);
  position = std::clamp(position + velocity, kPositionMin, kPositionMax);
  if (position == kPositionMin && velocity < 0.0) velocity = 0.0;  // the left wall stops the car
}

void MountainCarBase::Observe(std::span<double> obs) const {
  std::copy(state_.begin(), state_.end(), obs.begin());
}

}  // namespace dyna::envs
