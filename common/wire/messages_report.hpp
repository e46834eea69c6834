#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/wire/messages_session.hpp"

namespace dyna::wire {

/// Numbers for the learner's run folder. Answered by Ok, as are all below.
struct Report {
  static constexpr MessageType kType = MessageType::kReport;
  static constexpr std::size_t kScalarsMax = 256;
  struct Scalar {
    std::string name = {};
    double value = 0.0;  ///< may be NaN: "not measured yet" is worth telling
    bool operator==(const Scalar&) const = default;
  };
  Role role = Role::kActor;
  std::string instance = {};
  std::vector<Scalar> scalars = {};
  bool operator==(const Report&) const = default;
};

/// Episodes that ended at an actor, in order.
struct EpisodeReport {
  static constexpr MessageType kType = MessageType::kEpisodeReport;
  static constexpr std::size_t kEpisodesMax = 1024;
  struct Episode {
    std::uint64_t index = 0;     ///< of its actor, from 0: one sent twice is known by it
    std::int64_t env_steps = 0;  ///< of its actor when it ended
    std::int64_t steps = 0;
    double episode_return = 0.0;
    bool terminated = false;
    bool operator==(const Episode&) const = default;
  };
  std::string instance = {};
  std::uint32_t producer = 0;
  std::uint64_t epoch = 0;
  std::vector<Episode> episodes = {};
  bool operator==(const EpisodeReport&) const = default;
};

/// One evaluation of one policy.
struct EvaluationReport {
  static constexpr MessageType kType = MessageType::kEvaluationReport;
  static constexpr std::size_t kEpisodesMax = 1024;
  struct Episode {
    double episode_return = 0.0;
    std::int64_t steps = 0;
    bool operator==(const Episode&) const = default;
  };
  std::string instance = {};
  std::uint64_t number = 0;  ///< of the evaluation: it names the random streams
  std::uint64_t policy_version = 0;
  std::uint64_t env_steps = 0;  ///< real steps the learner had seen when it gave that policy
  std::vector<Episode> episodes = {};
  bool operator==(const EvaluationReport&) const = default;
};

}  // namespace dyna::wire
