#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dyna::cli {

struct LaunchArguments {
  std::string config = {};
  std::vector<std::string> set = {};
  std::optional<std::uint64_t> seed = {};
  std::string out = {};   ///< run folder; empty = runs/CONFIG_seedN
  std::string keys = {};  ///< folder of `dyna keygen`; empty = what keys.folder says
  std::int64_t actors = 1;
  std::int64_t imagination = 1;
  std::int64_t shards = 1;
};

/// `dyna launch`: the cluster of one run as processes of this machine. Restarts what dies, shows
/// one progress view, ends all when the run is complete or on Ctrl-C. Exit status 0 when the run
/// is complete, 1 when it was stopped. OperatorError when a process says that it is the operator's
/// mistake (its exit status 2), with that process' words.
int Launch(const LaunchArguments& arguments);

}  // namespace dyna::cli
