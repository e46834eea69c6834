#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "cli/cluster/cluster_plan.hpp"

namespace dyna::cli {

/// `dyna top RUN`: what every process of a running cluster does, refreshed every second until
/// Ctrl-C; once, without refreshing, if `once` or if `out` is no terminal.
int Top(const std::string& run, bool once, std::ostream& out);

/// One screen: per process its state, rate, versions, and what it waits for. `before` is what was
/// seen `seconds` ago, for the rates.
class TopScreen {
 public:
  explicit TopScreen(std::vector<KnownProcess> processes) : processes_(std::move(processes)) {}
  /// Asks all and draws.
  std::string Draw();

 private:
  struct Row {
    std::string rate = {};
    std::string version = {};
    std::string lag = {};
  };

  std::vector<KnownProcess> processes_;
  std::vector<double> counted_;  ///< work done when last asked, by process
  double asked_at_ = 0.0;
};

}  // namespace dyna::cli
