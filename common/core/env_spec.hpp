#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/space.hpp"
#include "common/core/transition_batch.hpp"

namespace dyna {

/// What every role may know of an environment without having one.
struct EnvSpec {
  std::string name = {};
  Space observation = {};
  Space action = {};
  std::int64_t max_episode_steps = 0;           ///< time limit; 0 = none
  std::optional<double> reward_threshold = {};  ///< Gymnasium's "solved" return, if any
  std::vector<std::string> state_names = {};    ///< physical state, in SetState order

  bool operator==(const EnvSpec&) const = default;

  TransitionShape transition_shape() const noexcept {
    return {observation.columns(), action.columns()};
  }
};

}  // namespace dyna
