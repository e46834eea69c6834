#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace dyna::cli {

/// `dyna train`.
struct TrainArguments {
  std::string config = {};            ///< --config FILE
  std::vector<std::string> set = {};  ///< --set key=value
  std::optional<std::int64_t> seed;   ///< --seed N: run.seed
  std::optional<std::int64_t> steps;  ///< --steps N: run.steps
  /// --offline FILE...: data.offline, learns from recorded transitions instead of steps of its own
  std::vector<std::string> offline = {};
  std::string out = {};     ///< --out DIR; default runs/CONFIGNAME_seedN
  std::string resume = {};  ///< --resume DIR
};

/// Trains to the end, or until Ctrl-C or SIGTERM, which save a checkpoint and print how to go on.
/// Returns the exit status: 0 done, 1 stopped early. Throws OperatorError.
int Train(const TrainArguments& arguments);

/// `dyna data import`.
struct DataImportArguments {
  std::vector<std::string> files = {};
  std::string into = {};  ///< run folder
};

/// Adds the rows of files to the real table of a run and saves it. All or nothing: DataError, and
/// the run is as it was, when one does not fit.
void ImportData(const DataImportArguments& arguments, std::ostream& out);

}  // namespace dyna::cli
