#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/envs/environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// `count` environments of the shared library that `env.plugin` names (opendyna_plugin.hpp), which
/// stays loaded as long as one of them lives. ConfigError: no such file, no library, not a plug-in,
/// another version, or a description that cannot be.
std::vector<std::unique_ptr<Environment>> MakePlugged(Config& config, std::int64_t count);

}  // namespace dyna::envs
