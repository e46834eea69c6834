#pragma once

#include <string>
#include <variant>
#include <vector>

namespace dyna::service {

/// What every service's command line may say.
struct Arguments {
  std::vector<std::string> configs = {};  ///< --config FILE, in order: later ones win
  std::vector<std::string> set = {};      ///< --set KEY=VALUE, in order
  bool healthcheck = false;               ///< --healthcheck: ask a running one, do not start
};

/// The arguments, or the exit status when there is nothing to start: 0 after --help or --version,
/// 2 after a mistake, which was then said on standard error.
std::variant<Arguments, int> ParseArguments(int argc, char** argv, const std::string& program,
                                            const std::string& description);

}  // namespace dyna::service
