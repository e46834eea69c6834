#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dyna::cli {

/// What is drawn: runs with the same label are the seeds of one curve.
struct PlotPlan {
  struct Curve {
    std::string label = {};
    std::vector<std::filesystem::path> runs = {};  ///< their progress.csv
  };
  std::string environment = {};
  std::vector<Curve> curves = {};  ///< in the order they were asked for
};

/// `runs`: RUN or LABEL=RUN; the default label is the folder's name less "_seedN". OperatorError
/// when one is not a run, has no evaluation yet, or is of another environment, and when runs that
/// share a default label differ in more than the seed.
PlotPlan PlanPlot(const std::vector<std::string>& runs);

/// For plot.py: what to draw, and where to.
std::string PlotJson(const PlotPlan& plan, const std::string& x, const std::string& format,
                     const std::filesystem::path& file);

}  // namespace dyna::cli
