#include "actors/envs/classic/mountain_car_continuous.hpp"

#include <algorithm>

#include "actors/envs/classic/mountain_car_base.hpp"
#include "common/rules/mountain_car.hpp"

namespace dyna::envs {
namespace {

constexpr double kPower = 0.0015;

class MountainCarContinuous final : public MountainCarBase {
 public:
  MountainCarContinuous() : MountainCarBase(MakeSpec()) {}

  StepResult Step(std::span<const double> action, Rng& /*rng*/) override {
    Move(std::clamp(action[0], -1.0, 1.0) * kPower);
    const bool arrived =
        rules::MountainCarArrived(state_[0], state_[1], rules::kMountainCarContinuousGoal);
    // Upstream keeps this state in a float32 array; it tests the goal before storing it.
    for (double& value : state_) {
      // volatile: at -O2 g++ 12 vectorises this pair of conversions and drops the rounding.
      const volatile auto rounded = static_cast<float>(value);
      value = static_cast<double>(rounded);
    }
    return {.reward = rules::MountainCarContinuousReward(action[0], arrived),
            .terminated = arrived};
  }

 private:
  static EnvSpec MakeSpec() {
    EnvSpec spec = BaseSpec("MountainCarContinuous-v0");
    spec.action = Space::Box({-1.0}, {1.0});
    spec.max_episode_steps = 999;
    spec.reward_threshold = 90.0;
    return spec;
  }
};

}  // namespace

std::unique_ptr<Environment> MakeMountainCarContinuous(Config& /*config*/) {
  return std::make_unique<MountainCarContinuous>();
}

}  // namespace dyna::envs
