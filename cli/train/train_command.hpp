#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dyna::cli {

/// `dyna train`.
struct TrainArguments {
  std::string config = {};            ///< --config FILE
  std::vector<std::string> set = {};  ///< --set key=value
  std::optional<std::int64_t> seed;   ///< --seed N: run.seed
  std::optional<std::int64_t> steps;  ///< --steps N: run.steps
  std::string out = {};               ///< --out DIR; default runs/CONFIGNAME_seedN
  std::string resume = {};            ///< --resume DIR
};

/// Trains to the end, or until Ctrl-C or SIGTERM, which save a checkpoint and print how to go on.
/// Returns the exit status: 0 done, 1 stopped early. Throws OperatorError.
int Train(const TrainArguments& arguments);

}  // namespace dyna::cli
