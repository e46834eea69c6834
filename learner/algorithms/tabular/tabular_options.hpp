#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/config/config.hpp"
#include "learner/algorithms/tabular/outcome_model.hpp"

namespace dyna::learner::tabular {

enum class Method : std::uint8_t { kQLearning, kDynaQ, kDynaQPlus, kPrioritizedSweeping };

/// Values of `learner.algorithm` in the order of Method: "q_learning", "dyna_q", "dyna_q_plus",
/// "prioritized_sweeping".
const std::vector<std::string>& TabularAlgorithms();

/// Keys of [learner]. Every method reads every key, so that one config can be run with another
/// `learner.algorithm` from the command line.
struct TabularOptions {
  Method method = Method::kDynaQ;
  double gamma = 0.95;              ///< discount
  double alpha = 0.1;               ///< step size of real and planned backups
  std::int64_t planning_steps = 5;  ///< n: backups per real step (at most, if prioritized)
  double kappa = 1e-4;              ///< Dyna-Q+: bonus per sqrt(real step since last tried)
  double theta = 1e-4;              ///< prioritized sweeping: least |TD error| worth a backup
  OutcomeModel::Memory memory = OutcomeModel::Memory::kLast;

  static TabularOptions From(Config& config);
};

}  // namespace dyna::learner::tabular
