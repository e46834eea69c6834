#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/envs/environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Makes the environment that `env.name` names ("gym:NAME" for Gymnasium's) or that `env.plugin`
/// holds, under its time limit (`env.max_episode_steps`, default the environment's own; 0 = none).
/// A leaf reads its own `env.*` keys. Unknown name: ConfigError with the closest names.
std::unique_ptr<Environment> MakeEnvironment(Config& config);
/// `count` of them, at least one; those of another process share it.
std::vector<std::unique_ptr<Environment>> MakeEnvironments(Config& config, std::int64_t count);

/// Environments of one kind, sorted by name.
struct EnvironmentFamily {
  std::string title = {};
  std::vector<std::string> names = {};
  bool available = true;  ///< false: this build lacks the library they need
};

/// Every family, whether or not this build can make its environments.
std::vector<EnvironmentFamily> EnvironmentFamilies();

/// Every built-in name that MakeEnvironment accepts, sorted.
std::vector<std::string> EnvironmentNames();

}  // namespace dyna::envs
