#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "cli/cluster/cluster_plan.hpp"
#include "common/watch/cluster_view.hpp"

namespace dyna::cli {

/// `dyna top RUN`: what every process of a running cluster does, refreshed every second until
/// Ctrl-C; once, without refreshing, if `once` or if `out` is no terminal.
int Top(const std::string& run, bool once, std::ostream& out);

/// One screen: per process its state, rate, versions, and what it waits for.
class TopScreen {
 public:
  explicit TopScreen(const std::vector<KnownProcess>& processes);
  /// Asks all and draws. Rates need two looks.
  std::string Draw();

 private:
  std::vector<watch::Target> targets_ = {};
  watch::ClusterView view_ = watch::ClusterView();
};

}  // namespace dyna::cli
