#pragma once

#include <cstdint>
#include <vector>

#include "actors/envs/tabular/tabular_environment.hpp"

namespace dyna::envs {

/// Q*[S * A] of the discounted problem, by value iteration to a change below 1e-14:
/// Q(s, a) = sum over outcomes of  p (r + gamma (1 - terminated) max_b Q(s', b)).
std::vector<double> OptimalActionValues(const TabularEnvironment& environment, double gamma);

/// V*[S], the maximum over actions of the above.
std::vector<double> OptimalValues(const TabularEnvironment& environment, double gamma);

enum class Policy { kOptimal, kUniform };

/// V[S]: expected undiscounted return of the next `steps` steps.
std::vector<double> HorizonValues(const TabularEnvironment& environment, std::int64_t steps,
                                  Policy policy);

/// Mean over the environment's starts.
double MeanOverStarts(const TabularEnvironment& environment, const std::vector<double>& values);

/// Fewest steps from the start to a terminating step, by breadth-first search; -1 = unreachable.
std::int64_t ShortestPathSteps(const TabularEnvironment& environment);

}  // namespace dyna::envs
