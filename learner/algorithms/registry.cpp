#include "learner/algorithms/registry.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "learner/algorithms/dqn.hpp"
#include "learner/algorithms/sac.hpp"
#include "learner/algorithms/tabular/make_tabular.hpp"

namespace dyna::learner {
namespace {

using Make = std::unique_ptr<Algorithm> (*)(Config&, const EnvSpec&, std::uint64_t);

std::unique_ptr<Algorithm> MakeSac(Config& config, const EnvSpec& spec, std::uint64_t seed) {
  return std::make_unique<SacAlgorithm>(spec, SacAlgorithm::Options::From(config, spec), seed);
}

std::unique_ptr<Algorithm> MakeDqn(Config& config, const EnvSpec& spec, std::uint64_t seed) {
  return std::make_unique<DqnAlgorithm>(spec, DqnAlgorithm::Options::From(config), seed);
}

struct Entry {
  std::string name;
  Make make;
  bool learns_from_batches;
};

/// Every algorithm there is, under the name the config gives it.
std::vector<Entry> Table() {
  std::vector<Entry> table = {{"sac", MakeSac, true}, {"dqn", MakeDqn, true}};
  for (const auto& name : tabular::TabularAlgorithms()) {
    table.push_back({name, tabular::MakeTabular, false});
  }
  return table;
}

Entry Chosen(Config& config) {
  const auto table = Table();
  std::vector<std::string> names;
  for (const auto& entry : table) names.push_back(entry.name);
  const std::string chosen = config.GetChoice("learner.algorithm", names.front(), names);
  return *std::find_if(table.begin(), table.end(),
                       [&chosen](const Entry& entry) { return entry.name == chosen; });
}

}  // namespace

std::unique_ptr<Algorithm> MakeAlgorithm(Config& config, const EnvSpec& spec, std::uint64_t seed) {
  return Chosen(config).make(config, spec, seed);
}

bool LearnsFromBatches(Config& config) { return Chosen(config).learns_from_batches; }

}  // namespace dyna::learner
