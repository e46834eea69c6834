#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "common/core/state_dict.hpp"
#include "learner/algorithms/tabular/q_table.hpp"

namespace dyna::learner::tabular {

/// Where a pair led, and how often.
struct Outcome {
  std::int64_t next_state = 0;
  bool terminated = false;
  double reward = 0.0;      ///< mean over `count` visits
  std::uint64_t count = 0;  ///< > 0
  bool operator==(const Outcome&) const = default;
};

/// The tabular world model of Dyna (Sutton & Barto, §8.2 and §8.4): what each tried pair leads to.
/// Owned by a planner; draws no random numbers.
class OutcomeModel {
 public:
  enum class Memory : std::uint8_t {
    kLast,    ///< only the last outcome: a deterministic world, perhaps a changing one
    kCounts,  ///< every outcome with its frequency: a stochastic world that does not change
  };

  OutcomeModel(std::int64_t states, std::int64_t actions, Memory memory);

  void Record(const Step& step);

  /// Outcomes of `pair`, in order of their first visit; empty if it was never tried.
  std::span<const Outcome> outcomes(std::int64_t pair) const;
  /// Pairs that may lead to `state` without ending the episode, ascending.
  const std::set<std::int64_t>& predecessors(std::int64_t state) const;
  std::int64_t pairs_known() const noexcept { return pairs_known_; }

  /// sum_k p_k (r_k + gamma * (1 - terminated_k) * max_a Q(s'_k, a)), p_k the observed
  /// frequencies: the expected update (Sutton & Barto, §8.5), which for one outcome is the sample
  /// update of Dyna-Q. `pair` must have been tried.
  double ExpectedTarget(std::int64_t pair, const QTable& q, double gamma) const;

  void Save(StateDict& state) const;
  /// All or nothing: CheckpointError leaves the model as it was.
  void Load(const StateDict& state);

 private:
  void Add(std::int64_t pair, const Outcome& outcome);

  std::int64_t states_;
  std::int64_t actions_;
  Memory memory_;
  std::int64_t pairs_known_ = 0;
  std::vector<std::vector<Outcome>> outcomes_;        // [S*A]
  std::vector<std::set<std::int64_t>> predecessors_;  // [S], follows from outcomes_
};

}  // namespace dyna::learner::tabular
