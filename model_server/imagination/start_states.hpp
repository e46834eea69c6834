#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/matrix.hpp"
#include "common/core/rng.hpp"
#include "common/core/state_dict.hpp"
#include "common/ports/replay_port.hpp"
#include "model_server/imagination/imagination_options.hpp"

namespace dyna::imagination {

/// Real states that rollouts branch from.
struct StartRows {
  RowMatrix obs = {};     ///< [B,O]
  RowMatrix action = {};  ///< [B,A] the action that was really taken there
};

/// Draws start states from the real table, with replacement. Single-threaded.
class StartStates {
 public:
  StartStates(const ImaginationOptions& options, TransitionShape shape, ReplayPort& replay);

  /// `rows` start states. An error of replay is passed on; kBackpressure when it holds none of
  /// the kind asked for yet.
  Result<StartRows> Draw(std::int64_t rows);

  void Save(StateDict& state) const;
  void Load(const StateDict& state);

 private:
  Result<StartRows> DrawFromBuffer(std::int64_t rows);
  Result<StartRows> DrawRecent(std::int64_t rows);
  Result<StartRows> DrawInitial(std::int64_t rows);
  Status ReadInitial();
  StartRows DrawAmong(const RowMatrix& obs, const RowMatrix& action, std::int64_t rows);

  StartSource source_;
  std::int64_t recent_rows_;
  std::int64_t initial_rows_max_;
  TransitionShape shape_;
  ReplayPort& replay_;
  Rng rng_;
  // StartSource::kInitial: the newest first rows of real episodes, a ring.
  RowMatrix initial_obs_ = {};     ///< [I,O]
  RowMatrix initial_action_ = {};  ///< [I,A]
  std::uint64_t initial_seen_ = 0;
  std::uint64_t cursor_ = 0;
};

}  // namespace dyna::imagination
