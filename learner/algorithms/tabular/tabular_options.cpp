#include "learner/algorithms/tabular/tabular_options.hpp"

#include <algorithm>

namespace dyna::learner::tabular {

const std::vector<std::string>& TabularAlgorithms() {
  static const std::vector<std::string> kNames = {"q_learning", "dyna_q", "dyna_q_plus",
                                                  "prioritized_sweeping"};
  return kNames;
}

TabularOptions TabularOptions::From(Config& config) {
  const auto& names = TabularAlgorithms();
  const std::string name = config.GetChoice("learner.algorithm", "dyna_q", names);
  const auto index = std::find(names.begin(), names.end(), name) - names.begin();
  TabularOptions options;
  options.method = static_cast<Method>(index);
  options.gamma = config.GetDouble("learner.gamma", options.gamma, 0.0, 1.0);
  options.alpha = config.GetDouble("learner.alpha", options.alpha, 1e-6, 1.0);
  options.planning_steps =
      config.GetInt("learner.planning_steps", options.planning_steps, 0, 1'000'000);
  options.kappa = config.GetDouble("learner.kappa", options.kappa, 0.0, 1000.0);
  options.theta = config.GetDouble("learner.theta", options.theta, 0.0, 1e6);
  const std::string memory = config.GetChoice("learner.model", "last", {"last", "counts"});
  options.memory = memory == "last" ? OutcomeModel::Memory::kLast : OutcomeModel::Memory::kCounts;
  if (options.method == Method::kPrioritizedSweeping && options.planning_steps == 0) {
    throw config.Wrong("learner.planning_steps",
                       "at least 1, as prioritized_sweeping learns only by planning");
  }
  return options;
}

}  // namespace dyna::learner::tabular
