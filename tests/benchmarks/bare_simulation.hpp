#pragma once

#include <memory>
#include <span>
#include <string>

namespace dyna::envs {

/// The MuJoCo calls of one environment and nothing else: what a step costs at the least.
class BareSimulation {
 public:
  /// Null for an environment that is not over MuJoCo, or in a build without it.
  static std::unique_ptr<BareSimulation> Make(const std::string& env_name);
  virtual ~BareSimulation() = default;
  /// Begins at the state that a snapshot of the environment begins with.
  virtual void Begin(std::span<const double> snapshot) = 0;
  virtual void Step(std::span<const double> action) = 0;
};

}  // namespace dyna::envs
