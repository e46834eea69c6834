#pragma once

#include <cstdint>

#include "common/core/error.hpp"
#include "common/core/state_dict.hpp"

namespace dyna::learner {

/// Holds the learner to its updates per real step (promise P4), whatever number of shards the
/// steps lie in:  updates + forgone <= updates_per_step * (steps - learning_starts),
/// where the bracket is cut to a multiple of burst_steps, and the steps before learning_starts come
/// on top if they count.
/// Pure counting: knows no replay and no clock.
class UpdateLimit {
 public:
  struct Options {
    double updates_per_step = 1.0;     ///< UTD: updates per real step after learning_starts
    std::int64_t learning_starts = 0;  ///< real steps before the first update
    /// Updates come due in bursts, when this many real steps have passed since the last one.
    std::int64_t burst_steps = 1;
    bool first_steps_count = false;  ///< the steps before learning_starts earn updates too
  };

  explicit UpdateLimit(const Options& options) : options_(options) {}

  /// Whether one more update is due: Done, or kBackpressure naming the limit. `steps`: real steps
  /// ever taken, those included that a shard has lost.
  Status Admit(std::int64_t updates, std::uint64_t steps) const;

  /// Gives up what is due now beyond `updates_kept`: a learner that comes back from an old
  /// checkpoint must not catch up in one burst on data that others collected meanwhile.
  void Forgo(std::int64_t updates, std::uint64_t steps, std::int64_t updates_kept);
  /// Updates given up so far; for pacing they count as done.
  std::int64_t forgone() const noexcept { return forgone_; }

  /// Adds nothing to the state unless something was given up.
  void Save(StateDict& state) const;
  void Load(const StateDict& state);

 private:
  double Due(std::uint64_t steps) const noexcept;

  Options options_;
  std::int64_t forgone_ = 0;
};

}  // namespace dyna::learner
