#include "replay/replay_options.hpp"

namespace dyna::replay {

ReplayOptions ReplayOptions::From(Config& config, TransitionShape shape) {
  ReplayOptions options;
  options.shape = shape;
  options.real_capacity =
      config.GetInt("replay.real_capacity", options.real_capacity, 1, kCapacityMax);
  options.prioritized = config.GetBool("replay.prioritized", options.prioritized);
  options.priority_alpha =
      config.GetDouble("replay.priority_alpha", options.priority_alpha, 0.0, 1.0);
  return options;
}

ReplayShard::Options ReplayOptions::shard() const {
  const TableOptions real{.capacity = real_capacity,
                          .shape = shape,
                          .prioritized = prioritized,
                          .priority_alpha = priority_alpha,
                          .limiter = {}};
  TableOptions synthetic = real;
  synthetic.prioritized = false;
  return {.tables = {{kRealTable, real}, {kSyntheticTable, synthetic}}};
}

}  // namespace dyna::replay
