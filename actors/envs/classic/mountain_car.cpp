#include "actors/envs/classic/mountain_car.hpp"

#include "actors/envs/classic/mountain_car_base.hpp"
#include "common/rules/mountain_car.hpp"

namespace dyna::envs {
namespace {

constexpr double kForce = 0.001;

class MountainCar final : public MountainCarBase {
 public:
  MountainCar() : MountainCarBase(MakeSpec()) {}

  StepResult Step(std::span<const double> action, Rng& /*rng*/) override {
    Move((action[0] - 1.0) * kForce);
    return {.reward = -1.0,
            .terminated = rules::MountainCarArrived(state_[0], state_[1], rules::kMountainCarGoal)};
  }

 private:
  static EnvSpec MakeSpec() {
    EnvSpec spec = BaseSpec("MountainCar-v0");
    spec.action = Space::Discrete(3);
    spec.max_episode_steps = 200;
    spec.reward_threshold = -110.0;
    return spec;
  }
};

}  // namespace

std::unique_ptr<Environment> MakeMountainCar(Config& /*config*/) {
  return std::make_unique<MountainCar>();
}

}  // namespace dyna::envs
