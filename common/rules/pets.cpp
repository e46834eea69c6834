#include "common/rules/pets.hpp"

#include <cmath>

#include "common/rules/finite.hpp"
#include "common/rules/vectors.hpp"

namespace dyna::rules {
namespace {

using Values = std::span<const double>;
using Point = std::array<double, 3>;

constexpr std::size_t kTipColumn = 14;  // of PetsPusher's observation; the object follows
constexpr std::size_t kReacherPositions = 10;

Point Cross(const Point& a, const Point& b) noexcept {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

/// The direction and position that the chain has come to.
struct Link {
  Point end = {};
  Point axis = {};  ///< of the link
  Point perp = {};  ///< where the next roll counts from

  /// Adds a link of this length, turned about the one before, then bent by `hinge`.
  void Extend(double length, double hinge, double roll) noexcept {
    const Point third = Cross(axis, perp);
    Point next = {};
    for (std::size_t i = 0; i < next.size(); ++i) {
      next[i] = std::cos(hinge) * axis[i] + std::sin(hinge) * std::sin(roll) * perp[i] -
                std::sin(hinge) * std::cos(roll) * third[i];
      end[i] += length * next[i];
    }
    const Point normal = Cross(next, axis);
    const double norm = std::sqrt(SquaredNorm(normal));
    axis = next;
    if (norm < 1e-30) return;  // not bent: any perpendicular does, so keep the old one
    perp = {normal[0] / norm, normal[1] / norm, normal[2] / norm};
  }
};

bool Terminated(Values, Values, Values next_obs) { return !AllFinite(next_obs); }

double CartPoleRule(Values obs, Values action, Values next_obs) {
  if (!AllFinite(obs, action, next_obs)) return kNotANumber;
  return PetsCartPoleReward(next_obs[0], next_obs[1], action);
}

double HalfCheetahRule(Values obs, Values action, Values next_obs) {
  if (!AllFinite(obs, action, next_obs)) return kNotANumber;
  return next_obs[0] - 0.1 * SquaredNorm(action);
}

double ReacherRule(Values obs, Values action, Values next_obs) {
  if (!AllFinite(obs, action, next_obs)) return kNotANumber;
  return PetsReacher3dReward(next_obs.first(kReacherPositions), action);
}

double PusherRule(Values obs, Values action, Values next_obs) {
  if (!AllFinite(obs, action, next_obs)) return kNotANumber;
  return PetsPusherReward(obs.subspan(kTipColumn, 3), obs.subspan(kTipColumn + 3, 3),
                          kPetsPusherGoal, action);
}

}  // namespace

double PetsCartPoleReward(double x, double theta, std::span<const double> action) noexcept {
  constexpr double kLength_m = 0.6;
  const double sideways = x - kLength_m * std::sin(theta);
  const double below = -kLength_m * std::cos(theta) - kLength_m;
  const double miss = sideways * sideways + below * below;
  return std::exp(-miss / (kLength_m * kLength_m)) - 0.01 * SquaredNorm(action);
}

std::array<double, 3> PetsReacher3dEnd(std::span<const double> angles) noexcept {
  const double c1 = std::cos(angles[0]);
  const double s1 = std::sin(angles[0]);
  const double c2 = std::cos(angles[1]);
  const double s2 = std::sin(angles[1]);
  Link link{.end = {0.1 * c1 + 0.4 * c1 * c2, 0.1 * s1 + 0.4 * s1 * c2 - 0.188, -0.4 * s2},
            .axis = {c2 * c1, c2 * s1, -s2},
            .perp = {-s1, c1, 0.0}};
  link.Extend(0.321, angles[3], angles[2]);
  link.Extend(0.16828, angles[5], angles[4]);
  return link.end;
}

double PetsReacher3dReward(std::span<const double> qpos, std::span<const double> action) noexcept {
  const double miss = Distance(PetsReacher3dEnd(qpos.first(7)), qpos.subspan(7, 3));
  return -(miss * miss) - 0.01 * SquaredNorm(action);
}

double PetsPusherReward(std::span<const double> tip, std::span<const double> object,
                        std::span<const double> goal, std::span<const double> action) noexcept {
  return -1.25 * ManhattanDistance(object, goal) - 0.5 * ManhattanDistance(object, tip) -
         0.1 * SquaredNorm(action);
}

Rules PetsCartPoleRules() noexcept { return {.terminated = Terminated, .reward = CartPoleRule}; }

Rules PetsHalfCheetahRules() noexcept {
  return {.terminated = Terminated, .reward = HalfCheetahRule};
}

Rules PetsReacher3dRules() noexcept { return {.terminated = Terminated, .reward = ReacherRule}; }

Rules PetsPusherRules() noexcept { return {.terminated = Terminated, .reward = PusherRule}; }

}  // namespace dyna::rules
