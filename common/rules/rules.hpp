#pragma once

#include <span>
#include <string_view>

namespace dyna::rules {

/// Known truths of an environment as pure functions of one transition: the environment and
/// imagination call the same ones. obs, next_obs [O], action [A] in environment units.
/// A null pointer means: not known, learn it.
///
/// Imagination calls them with float32 observations widened to double, so next to a threshold a
/// rule may see the other side of it, by half a unit in the last place of float32. Rows that are
/// not finite are the caller's to drop; should one get here it never passes for alive: it is
/// terminated and its reward is NaN.
struct Rules {
  /// True iff the MDP ends in next_obs.
  bool (*terminated)(std::span<const double> obs, std::span<const double> action,
                     std::span<const double> next_obs) = nullptr;
  double (*reward)(std::span<const double> obs, std::span<const double> action,
                   std::span<const double> next_obs) = nullptr;
};

/// The rules of an environment name; both null when nothing is known.
Rules RulesFor(std::string_view env_name);

}  // namespace dyna::rules
