#include "cli/eval_command.hpp"

#include <memory>
#include <vector>

#include "actors/envs/registry.hpp"
#include "actors/evaluator.hpp"
#include "common/core/error.hpp"
#include "common/core/number_text.hpp"
#include "common/nn/policy.hpp"
#include "common/run/run_folder.hpp"

namespace dyna::cli {

void Evaluate(const EvalArguments& arguments, std::ostream& out) {
  const RunFolder folder = RunFolder::Open(arguments.run);
  Config config = Config::FromFile(folder.config_path().string());
  const auto loaded = folder.checkpoints().LoadLatest();
  const nn::Policy policy(
      nn::PolicyWeights::FromStateDict(loaded.state.Sub("run/learner/published/")));

  auto environments = envs::MakeEnvironments(config, arguments.episodes);
  const std::string name = environments[0]->spec().name;
  actors::Evaluator evaluator(
      {.episodes = arguments.episodes,
       .steps_max = config.GetInt("run.eval_steps_max", 10'000, 1, 1'000'000'000),
       .seed = arguments.seed},
      std::move(environments));
  // A cluster's checkpoint is the learner's, who has no environment.
  const std::string snapshot = "run/actor/env0/snapshot";
  const auto world =
      loaded.state.Has(snapshot) ? loaded.state.Get<double>(snapshot) : std::vector<double>();
  const auto evaluation = evaluator.Evaluate(policy, /*number=*/0, world);

  out << name << ", policy of " << loaded.path.string() << '\n';
  for (std::size_t i = 0; i < evaluation.returns.size(); ++i) {
    out << "episode " << i << "  return " << NumberText(evaluation.returns[i]) << "  steps "
        << evaluation.steps[i] << '\n';
  }
  out << "mean " << NumberText(evaluation.return_mean()) << "  std "
      << NumberText(evaluation.return_std()) << "  over " << arguments.episodes << " episodes\n";
}

}  // namespace dyna::cli
