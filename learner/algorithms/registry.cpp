#include "learner/algorithms/registry.hpp"

#include <string>

#include "common/core/check.hpp"
#include "learner/algorithms/dqn.hpp"
#include "learner/algorithms/sac.hpp"

namespace dyna::learner {
namespace {

using Make = std::unique_ptr<Algorithm> (*)(Config&, const EnvSpec&, std::uint64_t);

std::unique_ptr<Algorithm> MakeSac(Config& config, const EnvSpec& spec, std::uint64_t seed) {
  return std::make_unique<SacAlgorithm>(spec, SacAlgorithm::Options::From(config, spec), seed);
}

std::unique_ptr<Algorithm> MakeDqn(Config& config, const EnvSpec& spec, std::uint64_t seed) {
  return std::make_unique<DqnAlgorithm>(spec, DqnAlgorithm::Options::From(config), seed);
}

/// Every algorithm there is, under the name the config gives it.
std::vector<std::pair<std::string, Make>> Table() { return {{"sac", MakeSac}, {"dqn", MakeDqn}}; }

}  // namespace

std::unique_ptr<Algorithm> MakeAlgorithm(Config& config, const EnvSpec& spec, std::uint64_t seed) {
  const auto table = Table();
  std::vector<std::string> names;
  for (const auto& [name, make] : table) names.push_back(name);
  const std::string chosen = config.GetChoice("learner.algorithm", names.front(), names);
  for (const auto& [name, make] : table) {
    if (name == chosen) return make(config, spec, seed);
  }
  DYNA_CHECK(false);
}

}  // namespace dyna::learner
