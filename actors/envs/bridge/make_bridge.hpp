#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/envs/environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// What env.name begins with for an environment behind the bridge.
inline constexpr const char* kBridgePrefix = "gym:";

/// `count` Gymnasium environments of one Python process: `name` is "gym:NAME" or
/// "gym:module.path:Class". Reads env.arguments, env.bridge, env.python, env.render,
/// env.restarts_max and env.timeout_s. ConfigError, or EnvironmentError with Python's words.
std::vector<std::unique_ptr<Environment>> MakeBridged(const std::string& name, Config& config,
                                                      std::int64_t count);

}  // namespace dyna::envs
