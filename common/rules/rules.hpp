#pragma once

#include <span>
#include <string_view>

namespace dyna::rules {

/// Known truths of an environment as pure functions of one transition: the environment and
/// imagination call the same ones. obs, next_obs [O], action [A] in environment units.
/// A null pointer means: not known, learn it.
struct Rules {
  /// True iff the MDP ends in next_obs. A next_obs that is not finite is for the caller to drop.
  bool (*terminated)(std::span<const double> obs, std::span<const double> action,
                     std::span<const double> next_obs) = nullptr;
  double (*reward)(std::span<const double> obs, std::span<const double> action,
                   std::span<const double> next_obs) = nullptr;
};

/// The rules of an environment name; both null when nothing is known.
Rules RulesFor(std::string_view env_name);

}  // namespace dyna::rules
