// A cart on a rail is pushed to the origin. Friction of the rail: viscous, and Coulomb's smoothed.
#include <algorithm>
#include <cmath>
#include <limits>

#include "opendyna_plugin.hpp"

namespace {

constexpr double kMass = 1.0;      // kg
constexpr double kViscous = 0.3;   // N s/m
constexpr double kCoulomb = 0.5;   // N
constexpr double kSmooth = 0.05;   // m/s, below which Coulomb's friction fades
constexpr double kForceMax = 5.0;  // N
constexpr double kRail = 3.0;      // m to each side; beyond is the end
constexpr double kStep = 0.05;     // s
constexpr int kSubsteps = 10;

class CartWithFriction {
 public:
  static opendyna::Description Describe() {
    constexpr double kInf = std::numeric_limits<double>::infinity();
    opendyna::Description d;
    d.name = "CartWithFriction";
    d.observation_low = {-kInf, -kInf};  // m, m/s
    d.observation_high = {kInf, kInf};
    d.action_low = {-1.0};  // share of the largest force
    d.action_high = {1.0};
    d.episode_steps_max = 200;
    d.state_names = {"x", "v"};
    return d;
  }

  void Reset(opendyna::Random& random) {
    x_ = random.Uniform(-2.0, 2.0);
    v_ = random.Uniform(-0.5, 0.5);
  }

  opendyna::Step Apply(const double* action, opendyna::Random& /*random*/) {
    const double share = std::clamp(action[0], -1.0, 1.0);
    for (int i = 0; i < kSubsteps; ++i) {  // semi-implicit Euler
      const double friction = kViscous * v_ + kCoulomb * std::tanh(v_ / kSmooth);
      v_ += kStep / kSubsteps * (kForceMax * share - friction) / kMass;
      x_ += kStep / kSubsteps * v_;
    }
    const bool off = std::abs(x_) > kRail;
    return {-(x_ * x_ + 0.1 * v_ * v_ + 0.01 * share * share) - (off ? 100.0 : 0.0), off, false};
  }

  void Observe(double* observation) const {
    observation[0] = x_;
    observation[1] = v_;
  }
  std::vector<double> State() const { return {x_, v_}; }
  void SetState(const double* state) {
    x_ = state[0];
    v_ = state[1];
  }

 private:
  double x_ = 0.0;
  double v_ = 0.0;
};

}  // namespace

OPENDYNA_ENVIRONMENT(CartWithFriction)
