#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dyna::envs {

/// One thing an action may lead to.
struct Outcome {
  double probability = 1.0;
  std::int64_t next_state = 0;
  double reward = 0.0;
  bool terminated = false;
  bool operator==(const Outcome&) const = default;
};

/// The complete transition model of a finite environment: for every state s and action a its
/// outcomes, whose probabilities add up to 1.
class TabularWorld {
 public:
  TabularWorld(std::int64_t states, std::int64_t actions);

  /// Adds probability to an outcome of (s, a); equal outcomes are merged.
  void Add(std::int64_t state, std::int64_t action, const Outcome& outcome);
  /// Makes `state` one in which no agent can be put (a wall).
  void Forbid(std::int64_t state);
  /// Makes every action in `state` stay there for ever, reward 0, terminated.
  void MakeAbsorbing(std::int64_t state);

  const std::vector<Outcome>& Outcomes(std::int64_t state, std::int64_t action) const;
  bool Forbidden(std::int64_t state) const;
  std::int64_t states() const noexcept { return states_; }
  std::int64_t actions() const noexcept { return actions_; }

 private:
  std::size_t Index(std::int64_t state, std::int64_t action) const;

  std::int64_t states_;
  std::int64_t actions_;
  std::vector<std::vector<Outcome>> outcomes_;  ///< [S * A], row-major
  std::vector<bool> forbidden_;                 ///< [S]
};

}  // namespace dyna::envs
