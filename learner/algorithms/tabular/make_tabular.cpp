#include "learner/algorithms/tabular/make_tabular.hpp"

#include <string>

#include "common/core/error.hpp"
#include "learner/algorithms/tabular/tabular_agent.hpp"

namespace dyna::learner::tabular {
namespace {

/// An index travels as a float32, which counts exactly up to here; also bounds the table.
constexpr std::int64_t kPairsMax = std::int64_t{1} << 24;

void CheckFits(const TabularOptions& options, const EnvSpec& spec) {
  const std::string needs = "learner.algorithm = '" +
                            TabularAlgorithms()[static_cast<std::size_t>(options.method)] +
                            "' needs ";
  const std::string has = ", but env.name = '" + spec.name + "' has observations " +
                          spec.observation.ToString() + " and actions " + spec.action.ToString();
  if (!spec.observation.discrete() || !spec.action.discrete()) {
    throw ConfigError(needs + "discrete observations and actions" + has);
  }
  if (spec.observation.n > kPairsMax / spec.action.n) {
    throw ConfigError(needs + "at most " + std::to_string(kPairsMax) + " state-action pairs" + has);
  }
}

}  // namespace

std::unique_ptr<Algorithm> MakeTabular(Config& config, const EnvSpec& spec, std::uint64_t seed) {
  const auto options = TabularOptions::From(config);
  CheckFits(options, spec);
  return std::make_unique<TabularAgent>(options, spec.observation.n, spec.action.n, seed);
}

}  // namespace dyna::learner::tabular
