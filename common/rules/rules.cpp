#include "common/rules/rules.hpp"

#include <array>

#include "common/rules/acrobot.hpp"
#include "common/rules/cart_pole.hpp"
#include "common/rules/mountain_car.hpp"
#include "common/rules/pendulum.hpp"

namespace dyna::rules {
namespace {

struct Entry {
  std::string_view env_name;
  Rules (*make)() noexcept;
};

constexpr std::array kTable = {
    Entry{"Acrobot-v1", AcrobotRules},
    Entry{"CartPole-v1", CartPoleRules},
    Entry{"CartPoleContinuous", CartPoleRules},
    Entry{"MountainCar-v0", MountainCarRules},
    Entry{"MountainCarContinuous-v0", MountainCarContinuousRules},
    Entry{"Pendulum-v1", PendulumRules},
};

}  // namespace

Rules RulesFor(std::string_view env_name) {
  for (const Entry& entry : kTable) {
    if (entry.env_name == env_name) return entry.make();
  }
  return {};
}

}  // namespace dyna::rules
