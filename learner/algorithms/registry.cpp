#include "learner/algorithms/registry.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "learner/algorithms/dhmbpo/dhmbpo_algorithm.hpp"
#include "learner/algorithms/dqn.hpp"
#include "learner/algorithms/sac.hpp"
#include "learner/algorithms/tabular/make_tabular.hpp"

namespace dyna::learner {
namespace {

using Model = std::unique_ptr<WorldModel>;
using Make = std::unique_ptr<Algorithm> (*)(Config&, const EnvSpec&, std::uint64_t, Model);

std::unique_ptr<Algorithm> MakeSac(Config& config, const EnvSpec& spec, std::uint64_t seed, Model) {
  return std::make_unique<SacAlgorithm>(spec, SacAlgorithm::Options::From(config, spec), seed);
}

std::unique_ptr<Algorithm> MakeDqn(Config& config, const EnvSpec& spec, std::uint64_t seed, Model) {
  return std::make_unique<DqnAlgorithm>(spec, DqnAlgorithm::Options::From(config), seed);
}

std::unique_ptr<Algorithm> MakeDhmbpo(Config& config, const EnvSpec& spec, std::uint64_t seed,
                                      Model model) {
  const auto options = dhmbpo::Options::From(config, spec);
  return std::make_unique<dhmbpo::DhmbpoAlgorithm>(spec, options, seed, std::move(model));
}

std::unique_ptr<Algorithm> MakeTabular(Config& config, const EnvSpec& spec, std::uint64_t seed,
                                       Model) {
  return tabular::MakeTabular(config, spec, seed);
}

struct Entry {
  std::string name;
  Make make;
  bool learns_from_batches = true;
  bool learns_in_blocks = false;
};

/// Every algorithm there is, under the name the config gives it.
std::vector<Entry> Table() {
  std::vector<Entry> table = {{.name = "sac", .make = MakeSac},
                              {.name = "dqn", .make = MakeDqn},
                              {.name = "dhmbpo", .make = MakeDhmbpo, .learns_in_blocks = true}};
  for (const auto& name : tabular::TabularAlgorithms()) {
    table.push_back({.name = name, .make = MakeTabular, .learns_from_batches = false});
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

std::unique_ptr<Algorithm> MakeAlgorithm(Config& config, const EnvSpec& spec, std::uint64_t seed,
                                         std::unique_ptr<WorldModel> model) {
  return Chosen(config).make(config, spec, seed, std::move(model));
}

bool LearnsFromBatches(Config& config) { return Chosen(config).learns_from_batches; }

bool LearnsInBlocks(Config& config) { return Chosen(config).learns_in_blocks; }

bool RollsTheModel(Config& config) {
  return LearnsInBlocks(config) && dhmbpo::ReadHorizon(config) > 0;
}

}  // namespace dyna::learner
