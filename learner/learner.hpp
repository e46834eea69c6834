#pragma once

#include <cstdint>
#include <memory>

#include "common/config/config.hpp"
#include "common/core/state_dict.hpp"
#include "common/ports/replay_port.hpp"
#include "common/ports/weights_port.hpp"
#include "learner/algorithms/algorithm.hpp"
#include "learner/mixer.hpp"
#include "learner/pacing/update_limit.hpp"

namespace dyna::learner {

/// Updates an algorithm from replay at the configured ratio and publishes what it has learned.
/// Single-threaded; knows no sockets and no clock.
class Learner {
 public:
  struct Options {
    double updates_per_step = 1.0;     ///< UTD: updates per real step after learning_starts
    std::int64_t learning_starts = 0;  ///< real steps before the first update
    std::int64_t publish_every = 1;    ///< updates between two published policies
    /// For an algorithm that learns in blocks: real steps between them, and whether the first block
    /// pays for the steps before it.
    std::int64_t burst_steps = 1;
    bool first_steps_count = false;
    Mixer::Options mixer = {};
    /// `imagination`: whether there is a synthetic table to mix in.
    static Options From(Config& config, bool imagination);
  };

  Learner(const Options& options, std::unique_ptr<Algorithm> algorithm, ReplayPort& replay,
          WeightsPort& weights);

  /// One update:
  ///   1. wait unless updates < updates_per_step * (real steps - learning_starts)  (promise P4)
  ///   2. one update of the algorithm on a mixed batch
  ///   3. publish the policy when publish_every updates have passed
  /// kBackpressure names the limit that says wait.
  Status Step();

  /// Publishes the policy as it is now, under the next version.
  void Publish();

  /// For a learner that comes back to rows that others collected meanwhile: gives up the updates
  /// that are due now beyond those of one real step, so that it does not burst. Not for `dyna
  /// train`, where learner and rows come back from the same moment.
  Status ForgoBacklog();

  const Algorithm& algorithm() const noexcept { return *algorithm_; }
  std::int64_t updates() const noexcept { return updates_; }
  /// Updates given up by ForgoBacklog(), ever; for pacing they count as done.
  std::int64_t updates_forgone() const noexcept { return limit_.forgone(); }
  std::uint64_t version() const noexcept { return published_ ? published_->version : 0; }

  void Save(StateDict& state) const;
  /// Publishes the policy that was last published, under its old version.
  void Load(const StateDict& state);
  /// After Load(), if an earlier life may have published versions up to this one since: what is
  /// published from now on is newer (promise P7).
  void SkipVersions(std::uint64_t published);

 private:
  Options options_;
  std::unique_ptr<Algorithm> algorithm_;
  ReplayPort& replay_;
  WeightsPort& weights_;
  Mixer mixer_;
  UpdateLimit limit_;
  std::int64_t updates_ = 0;
  std::shared_ptr<const WeightsBlob> published_;  ///< may be older than the algorithm's weights
};

}  // namespace dyna::learner
