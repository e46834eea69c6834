#include "learner/algorithms/sac.hpp"

namespace dyna::learner {

SacAlgorithm::Options SacAlgorithm::Options::From(Config& config, const EnvSpec& spec) {
  Options options;
  options.learning_rate = config.GetDouble("learner.learning_rate", 3e-4, 0.0, 1.0);
  options.gamma = config.GetDouble("learner.gamma", 0.99, 0.0, 1.0);
  options.tau = config.GetDouble("learner.tau", 5e-3, 0.0, 1.0);
  options.hidden = config.GetInts("learner.hidden", {256, 256}, 1, 16, 1, 65536);
  options.target_entropy = config.GetDouble("learner.target_entropy",
                                            -static_cast<double>(spec.action.columns()), -1e3, 1e3);
  if (config.Has("learner.alpha")) {
    options.alpha = config.GetDouble("learner.alpha", 0.2, 0.0, 1e3);
  }
  options.loss_max = LossMaxFrom(config);
  return options;
}

}  // namespace dyna::learner
