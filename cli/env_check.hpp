#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "actors/envs/environment.hpp"

namespace dyna::cli {

/// What an environment promises (environment.hpp), tried on any of them.
struct EnvCheckOptions {
  std::int64_t steps = 1000;  ///< random steps of each check
  std::uint64_t seed = 0;
};

enum class Verdict : std::uint8_t { kPassed, kFailed, kNote };

struct Finding {
  std::string check = {};
  Verdict verdict = Verdict::kPassed;
  std::string words = {};
};

/// Makes an environment with further "env.key=value" settings.
using MakeForCheck =
    std::function<std::unique_ptr<envs::Environment>(const std::vector<std::string>& settings)>;

/// One finding for each check, in a fixed order. An error of the environment is a failed check.
std::vector<Finding> CheckEnvironment(const MakeForCheck& make, const EnvCheckOptions& options);

/// Prints the findings; true if none failed.
bool PrintFindings(const std::string& name, const std::vector<Finding>& findings,
                   std::ostream& out);

}  // namespace dyna::cli
