// A plug-in to start from: copy this folder and opendyna_plugin.hpp, rename, fill in.
#include "opendyna_plugin.hpp"

namespace {

class MyWorld {
 public:
  static opendyna::Description Describe() {
    opendyna::Description d;
    d.name = "MyWorld";
    d.observation_low = {0.0};  // one value per observed number; infinity where there is no bound
    d.observation_high = {10.0};
    d.action_count = 2;         // or, for reals: d.action_low = {...}; d.action_high = {...};
    d.episode_steps_max = 50;   // 0: no time limit
    d.state_names = {"place"};  // all that Apply and Observe depend on
    return d;
  }

  // Begins an episode. Random numbers come from `random` alone, or runs do not repeat.
  void Reset(opendyna::Random& random) { place_ = random.Uniform(0.0, 10.0) < 5.0 ? 3.0 : 7.0; }

  // One step: reward, terminated (no future after this state). The time limit is kept for you.
  opendyna::Step Apply(const double* action, opendyna::Random& /*random*/) {
    place_ += action[0] == 0.0 ? -1.0 : 1.0;
    if (place_ < 0.0) place_ = 0.0;
    if (place_ > 10.0) place_ = 10.0;
    return {place_ == 10.0 ? 1.0 : -0.01, place_ == 10.0, false};
  }

  void Observe(double* observation) const { observation[0] = place_; }
  std::vector<double> State() const { return {place_}; }
  void SetState(const double* state) { place_ = state[0]; }

 private:
  double place_ = 0.0;
};

}  // namespace

OPENDYNA_ENVIRONMENT(MyWorld)
