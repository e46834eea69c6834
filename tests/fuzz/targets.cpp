#include "tests/fuzz/targets.hpp"

namespace dyna::fuzz {

std::span<const Target> Targets() {
  static constexpr Target kTargets[] = {
      {"envelope", RunEnvelope},
      {"messages", RunMessages},
      {"payloads", RunPayloads},
      {"state", RunState},
      {"replay_table", RunReplayTable},
      {"policy_weights", RunPolicyWeights},
      {"segment", RunSegment},
      {"shard_log", RunShardLog},
      {"config", RunConfig},
      {"endpoint", RunEndpoint},
      {"metrics_page", RunMetricsPage},
      {"bridge", RunBridge},
      {"npy", RunNpy},
  };
  return kTargets;
}

}  // namespace dyna::fuzz
