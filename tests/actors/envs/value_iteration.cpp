#include "tests/actors/envs/value_iteration.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

namespace dyna::envs {
namespace {

double Backup(const TabularEnvironment& environment, std::int64_t state, std::int64_t action,
              double gamma, const std::vector<double>& values) {
  double sum = 0.0;
  for (const Outcome& outcome : environment.Transitions(state, action)) {
    const double future =
        outcome.terminated ? 0.0 : values[static_cast<std::size_t>(outcome.next_state)];
    sum += outcome.probability * (outcome.reward + gamma * future);
  }
  return sum;
}

/// One synchronous sweep: [S * A] action values under `values`.
std::vector<double> Sweep(const TabularEnvironment& environment, double gamma,
                          const std::vector<double>& values) {
  std::vector<double> q;
  for (std::int64_t s = 0; s < environment.states(); ++s) {
    for (std::int64_t a = 0; a < environment.actions(); ++a) {
      q.push_back(Backup(environment, s, a, gamma, values));
    }
  }
  return q;
}

std::vector<double> PerState(const std::vector<double>& q, std::int64_t actions, Policy policy) {
  std::vector<double> values;
  for (auto row = q.begin(); row != q.end(); row += actions) {
    values.push_back(policy == Policy::kOptimal
                         ? *std::max_element(row, row + actions)
                         : std::accumulate(row, row + actions, 0.0) / static_cast<double>(actions));
  }
  return values;
}

}  // namespace

std::vector<double> OptimalActionValues(const TabularEnvironment& environment, double gamma) {
  std::vector<double> values(static_cast<std::size_t>(environment.states()), 0.0);
  while (true) {
    const auto q = Sweep(environment, gamma, values);
    const auto next = PerState(q, environment.actions(), Policy::kOptimal);
    double change = 0.0;
    for (std::size_t s = 0; s < next.size(); ++s) {
      change = std::max(change, std::abs(next[s] - values[s]));
    }
    values = next;
    if (change < 1e-14) return q;
  }
}

std::vector<double> OptimalValues(const TabularEnvironment& environment, double gamma) {
  return PerState(OptimalActionValues(environment, gamma), environment.actions(), Policy::kOptimal);
}

std::vector<double> HorizonValues(const TabularEnvironment& environment, std::int64_t steps,
                                  Policy policy) {
  std::vector<double> values(static_cast<std::size_t>(environment.states()), 0.0);
  for (std::int64_t step = 0; step < steps; ++step) {
    values = PerState(Sweep(environment, 1.0, values), environment.actions(), policy);
  }
  return values;
}

double MeanOverStarts(const TabularEnvironment& environment, const std::vector<double>& values) {
  double sum = 0.0;
  for (const auto start : environment.starts()) sum += values[static_cast<std::size_t>(start)];
  return sum / static_cast<double>(environment.starts().size());
}

std::int64_t ShortestPathSteps(const TabularEnvironment& environment) {
  std::vector<std::int64_t> steps(static_cast<std::size_t>(environment.states()), -1);
  std::deque<std::int64_t> open = {environment.starts().front()};
  steps[static_cast<std::size_t>(open.front())] = 0;
  for (; !open.empty(); open.pop_front()) {
    const std::int64_t here = steps[static_cast<std::size_t>(open.front())];
    for (std::int64_t action = 0; action < environment.actions(); ++action) {
      for (const Outcome& outcome : environment.Transitions(open.front(), action)) {
        if (outcome.terminated) return here + 1;
        auto& reached = steps[static_cast<std::size_t>(outcome.next_state)];
        if (reached >= 0) continue;
        reached = here + 1;
        open.push_back(outcome.next_state);
      }
    }
  }
  return -1;
}

}  // namespace dyna::envs
