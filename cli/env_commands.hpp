#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/env_check.hpp"
#include "common/config/config.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
}

namespace dyna::cli {

/// A config that names an environment, with "key=value" settings. The name wins over a setting.
Config EnvironmentConfig(const std::string& name, const std::vector<std::string>& settings);

/// One line per built-in environment, by families: name, observation, action, time limit.
void ListEnvironments(std::ostream& out);

/// What the environment of `config` is: spaces, limit, threshold, state, known rules, and the env.*
/// keys it reads with the values in force. Throws ConfigError, also for a key it does not read.
void ShowEnvironment(Config& config, std::ostream& out);

/// Checks the environment `name`, or that of the plug-in `plugin`, with "key=value" settings, and
/// prints a line for each check. True if none failed; OperatorError if it cannot be made.
bool CheckCommand(const std::string& name, const std::string& plugin,
                  const std::vector<std::string>& settings, const EnvCheckOptions& options,
                  std::ostream& out);

/// Adds `env list`, `env show`, `env trace` and `env check`. Parsing stores what to run in
/// `action`, which returns the exit status and throws OperatorError; `action` must outlive the
/// parsing.
void RegisterEnvCommands(CLI::App& app, std::function<int()>& action);

}  // namespace dyna::cli
