#include "actors/envs/classic/cart_pole_continuous.hpp"

#include "actors/envs/classic/cart_pole_base.hpp"

namespace dyna::envs {
namespace {

class CartPoleContinuous final : public CartPoleBase {
 public:
  CartPoleContinuous() : CartPoleBase(MakeSpec()) {}

 private:
  static EnvSpec MakeSpec() {
    EnvSpec spec = BaseSpec("CartPoleContinuous");
    spec.action = Space::Box({-1.0}, {1.0});
    spec.max_episode_steps = 200;
    return spec;
  }

  double Force(std::span<const double> action) const override { return kForceMax * action[0]; }
};

}  // namespace

std::unique_ptr<Environment> MakeCartPoleContinuous(Config& /*config*/) {
  return std::make_unique<CartPoleContinuous>();
}

}  // namespace dyna::envs
