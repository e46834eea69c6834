#include "actors/envs/classic/cart_pole.hpp"

#include "actors/envs/classic/cart_pole_base.hpp"

namespace dyna::envs {
namespace {

class CartPole final : public CartPoleBase {
 public:
  CartPole() : CartPoleBase(MakeSpec()) {}

 private:
  static EnvSpec MakeSpec() {
    EnvSpec spec = BaseSpec("CartPole-v1");
    spec.action = Space::Discrete(2);
    spec.max_episode_steps = 500;
    spec.reward_threshold = 475.0;
    return spec;
  }

  double Force(std::span<const double> action) const override {
    return action[0] == 1.0 ? kForceMax : -kForceMax;
  }
};

}  // namespace

std::unique_ptr<Environment> MakeCartPole(Config& /*config*/) {
  return std::make_unique<CartPole>();
}

}  // namespace dyna::envs
