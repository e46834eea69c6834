#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "actors/envs/environment.hpp"
#include "common/nn/policy.hpp"

namespace dyna::actors {

/// Returns of evaluation episodes.
struct Evaluation {
  std::vector<double> returns = {};
  std::vector<std::int64_t> steps = {};
  double return_mean() const;
  double return_std() const;  ///< over the episodes, population (divided by their number)
};

/// Plays whole episodes with the deterministic policy in environments of its own.
/// Training state is never touched: evaluation number k of a run always draws from the
/// stream (seed, "evaluator", k).
class Evaluator {
 public:
  struct Options {
    std::int64_t episodes = 1;
    std::int64_t steps_max = 100'000;  ///< bound for environments without a time limit
    std::uint64_t seed = 0;
  };

  /// One environment per episode, so that one network call acts for all of them.
  Evaluator(const Options& options, std::vector<std::unique_ptr<envs::Environment>> environments);

  /// `world`: a snapshot of the training environment, so that a world that changes over a run is
  /// evaluated as it is now; may be empty.
  Evaluation Evaluate(const nn::Policy& policy, std::uint64_t number,
                      std::span<const double> world);

 private:
  Options options_;
  std::vector<std::unique_ptr<envs::Environment>> environments_;
};

}  // namespace dyna::actors
