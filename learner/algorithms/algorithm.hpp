#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/state_dict.hpp"
#include "common/nn/policy_weights.hpp"
#include "learner/algorithms/batch_source.hpp"

namespace dyna::learner {

/// Name and value of each loss of the last update, e.g. {"critic_loss", 0.3}.
using Losses = std::vector<std::pair<std::string, double>>;
/// NaN if there is none of that name.
inline double LossNamed(const Losses& losses, std::string_view name) {
  for (const auto& [key, value] : losses) {
    if (key == name) return value;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

/// What learns: one leaf per algorithm. Knows no tables, ports, files or clocks.
/// Single-threaded. Its random numbers come from streams named after `run.seed`.
class Algorithm {
 public:
  virtual ~Algorithm() = default;
  /// One update. An error of `source` (usually kBackpressure: wait) is passed on, and nothing
  /// has changed.
  virtual Status Update(BatchSource& source) = 0;
  /// What acts now.
  virtual nn::PolicyWeights ActWeights() const = 0;
  /// Of the last update; always has "critic_loss". May synchronise with a device, so not cheap.
  virtual Losses LastLosses() const = 0;
  /// Everything an uninterrupted run would have: weights, moments, targets, random streams.
  virtual void Save(StateDict& state) const = 0;
  virtual void Load(const StateDict& state) = 0;
};

}  // namespace dyna::learner
