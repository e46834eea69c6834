#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/envs/environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Makes the environment that `env.name` names, under its time limit (`env.max_episode_steps`,
/// default the environment's own; 0 = none). A leaf reads its own `env.*` keys.
/// Unknown name: ConfigError with the closest names.
std::unique_ptr<Environment> MakeEnvironment(Config& config);

/// Every built-in name, sorted.
std::vector<std::string> EnvironmentNames();

}  // namespace dyna::envs
