#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dyna::cli {

/// One process of a local cluster.
struct PlannedProcess {
  std::string instance = {};  ///< "actor-0"
  std::string role = {};      ///< "actor"
  int metrics_port = 0;
  std::vector<std::string> arguments = {};  ///< [0] is the program
};

/// What `dyna launch` is asked for.
struct ClusterRequest {
  std::string config = {};
  std::vector<std::string> set = {};
  std::string run = {};               ///< name of the run
  std::filesystem::path folder = {};  ///< of the run
  std::filesystem::path keys = {};    ///< folder that `dyna keygen` made; empty = no keys
  std::int64_t actors = 1;
  std::int64_t imagination = 1;
  std::int64_t shards = 1;
  bool model = true;  ///< false: model-free, neither model server nor imagination workers
};

struct ClusterPlan {
  std::vector<PlannedProcess> processes = {};  ///< in the order to start them
  std::string run = {};
  std::vector<std::string> replay = {};  ///< where the shards are, as "tcp://HOST:PORT"
  std::string learner = {};
  std::string model_server = {};
  std::filesystem::path keys = {};
};

/// All processes of the cluster on this machine's loopback, each with free ports. `programs`: the
/// folder of the executables.
ClusterPlan PlanCluster(const ClusterRequest& request, const std::filesystem::path& programs);

/// `count` ports that are free on the loopback now, all different.
std::vector<int> FreePorts(std::size_t count);

/// cluster.toml of a run: which processes there are and where their metrics are; and the addresses,
/// for workers that somebody starts beside them.
std::string ClusterToml(const ClusterPlan& plan);

/// A line of cluster.toml.
struct KnownProcess {
  std::string instance = {};
  std::string role = {};
  int metrics_port = 0;
};
/// Reads what ClusterToml() wrote. OperatorError naming the file.
std::vector<KnownProcess> ReadClusterToml(const std::filesystem::path& path);

}  // namespace dyna::cli
