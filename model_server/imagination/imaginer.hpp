#pragma once

#include <cstdint>
#include <memory>

#include "common/core/env_spec.hpp"
#include "common/core/error.hpp"
#include "common/core/state_dict.hpp"
#include "common/ports/replay_port.hpp"
#include "common/ports/weights_port.hpp"
#include "model_server/imagination/imagination_options.hpp"

namespace dyna::imagination {

/// What one Step() did.
struct ImaginationReport {
  std::int64_t rows = 0;               ///< appended to "synthetic"
  std::int64_t rollout_length = 0;     ///< k of the schedule
  std::int64_t dropped_nonfinite = 0;  ///< rows with a NaN, infinite or absurd prediction
  std::int64_t terminated = 0;         ///< rollouts that ended by termination
  std::uint64_t model_version = 0;
  std::uint64_t policy_version = 0;
  double disagreement =
      0.0;  ///< std of the members' means at the first step, over rows and columns
};

/// Core of an imagination worker: branches short model rollouts from real states into the
/// synthetic table. Builds its own model and policy from published weights, so it may live in
/// another process than who trains them. Knows no sockets, threads or clock.
class Imaginer {
 public:
  using Options = ImaginationOptions;

  /// The ports are borrowed and must outlive the imaginer.
  Imaginer(const Options& options, const EnvSpec& spec, ReplayPort& replay, WeightsPort& weights);
  ~Imaginer();
  Imaginer(const Imaginer&) = delete;
  Imaginer& operator=(const Imaginer&) = delete;

  /// One round of rollout_batch rollouts: 1. fetches newer weights; 2. takes the rollout length
  /// from the schedule; 3. sets the capacity of "synthetic"; 4. draws start states; 5. rolls and
  /// appends; 6. evicts stale rows. Length 0: nothing to do, no model needed.
  /// kNotFound until weights are published; kBackpressure when a table says wait: call again,
  /// the round goes on where it stopped and its report covers all of it.
  Result<ImaginationReport> Step();

  /// Random streams, counters and a round that backpressure interrupted.
  void Save(StateDict& state) const;
  void Load(const StateDict& state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dyna::imagination
