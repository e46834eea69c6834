#include "common/rules/rules.hpp"

#include <array>

#include "common/rules/acrobot.hpp"
#include "common/rules/cart_pole.hpp"
#include "common/rules/inverted_pendulums.hpp"
#include "common/rules/locomotion.hpp"
#include "common/rules/mountain_car.hpp"
#include "common/rules/pendulum.hpp"
#include "common/rules/pets.hpp"
#include "common/rules/reaching.hpp"

namespace dyna::rules {
namespace {

struct Entry {
  std::string_view env_name;
  Rules (*make)() noexcept;
};

constexpr std::array kTable = {
    Entry{"Acrobot-v1", AcrobotRules},
    Entry{"Ant-v4", AntRules},
    Entry{"AntTruncatedObs", AntRules},
    Entry{"CartPole-v1", CartPoleRules},
    Entry{"CartPoleContinuous", CartPoleRules},
    Entry{"HalfCheetah-v4", EndlessRules},
    Entry{"Hopper-v4", HopperRules},
    Entry{"Humanoid-v4", HumanoidRules},
    Entry{"HumanoidTruncatedObs", HumanoidTruncatedRules},
    Entry{"InvertedDoublePendulum-v4", InvertedDoublePendulumRules},
    Entry{"InvertedPendulum-v4", InvertedPendulumRules},
    Entry{"MountainCar-v0", MountainCarRules},
    Entry{"MountainCarContinuous-v0", MountainCarContinuousRules},
    Entry{"Pendulum-v1", PendulumRules},
    Entry{"PetsCartPole", PetsCartPoleRules},
    Entry{"PetsHalfCheetah", PetsHalfCheetahRules},
    Entry{"PetsPusher", PetsPusherRules},
    Entry{"PetsReacher3D", PetsReacher3dRules},
    Entry{"Pusher-v4", PusherRules},
    Entry{"Reacher-v4", ReacherRules},
    Entry{"Swimmer-v4", EndlessRules},
    Entry{"Walker2d-v4", Walker2dRules},
};

}  // namespace

Rules RulesFor(std::string_view env_name) {
  for (const Entry& entry : kTable) {
    if (entry.env_name == env_name) return entry.make();
  }
  return {};
}

}  // namespace dyna::rules
