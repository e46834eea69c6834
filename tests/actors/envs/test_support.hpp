#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/envs/registry.hpp"

namespace dyna::envs {

/// MakeEnvironment with `name` and "key=value" settings.
inline std::unique_ptr<Environment> MakeNamed(const std::string& name,
                                              const std::vector<std::string>& settings = {}) {
  Config config;
  config.Set("env.name=\"" + name + "\"");
  for (const auto& setting : settings) config.Set(setting);
  auto environment = MakeEnvironment(config);
  config.RequireAllKeysUsed();
  return environment;
}

inline std::vector<double> Observation(const Environment& environment) {
  std::vector<double> obs(static_cast<std::size_t>(environment.spec().observation.columns()));
  environment.Observe(obs);
  return obs;
}

/// A uniform valid action.
inline std::vector<double> RandomAction(const Space& space, Rng& rng) {
  if (space.discrete()) {
    return {static_cast<double>(rng.Below(static_cast<std::uint64_t>(space.n)))};
  }
  std::vector<double> action;
  for (std::size_t i = 0; i < space.low.size(); ++i) {
    action.push_back(rng.Uniform(space.low[i], space.high[i]));
  }
  return action;
}

}  // namespace dyna::envs
