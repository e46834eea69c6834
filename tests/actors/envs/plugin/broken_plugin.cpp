// Compiled several times, each with one thing wrong (WHAT_IS_WRONG).
#include <stdexcept>

#include "actors/envs/plugin/opendyna_plugin.hpp"

namespace {

class Broken {
 public:
  static opendyna::Description Describe() {
    opendyna::Description d;
    d.name = "Broken";
    d.observation_low = {-1.0};
    d.observation_high = {1.0};
    d.action_count = 2;
    d.state_names = {"x"};
    if (WHAT_IS_WRONG == 2) d.observation_low = {2.0};
    return d;
  }
  void Reset(opendyna::Random& random) { x_ = random.Uniform(-1.0, 1.0); }
  opendyna::Step Apply(const double* /*action*/, opendyna::Random& /*random*/) {
    if (WHAT_IS_WRONG == 3) throw std::runtime_error("the wheel came off");
    return {0.5, false, false};
  }
  void Observe(double* observation) const { observation[0] = x_; }
  std::vector<double> State() const { return {WHAT_IS_WRONG == 4 ? 0.25 : x_}; }
  void SetState(const double* state) { x_ = state[0]; }

 private:
  double x_ = 0.0;
};

}  // namespace

#if WHAT_IS_WRONG == 0
extern "C" int some_other_function() { return 0; }
#elif WHAT_IS_WRONG == 1
extern "C" const OpenDynaEnvironment* opendyna_environment() {
  static OpenDynaEnvironment table = *opendyna::Table<Broken>::Get();
  table.version = OPENDYNA_PLUGIN_VERSION + 1;
  return &table;
}
#else
OPENDYNA_ENVIRONMENT(Broken)
#endif
