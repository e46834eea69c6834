#pragma once

#include <ostream>
#include <string>

namespace dyna::cli {

/// `dyna data export RUN --out FILE`.
struct DataExportArguments {
  std::string run = {};
  std::string out = {};
};

/// Writes the real table of a run's newest checkpoint to a file, oldest row first.
void ExportData(const DataExportArguments& arguments, std::ostream& out);

}  // namespace dyna::cli
