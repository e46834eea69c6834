#include "common/service/main.hpp"

#include "common/nn/torch/process_tuning.hpp"
#include "learner/service/learner_service.hpp"

int main(int argc, char** argv) {
  dyna::nn::TuneProcess();
  const dyna::service::Program program = {
      .name = "dyna-learner",
      .description = "Updates the policy from real and imagined transitions and paces the others",
      .role = dyna::wire::Role::kLearner,
      .states = {"starting", "updating", "waiting_for_environment", "waiting_for_replay"},
      .foreign_tables = {"run", "env", "actor", "model", "imagination", "replay", "cluster"}};
  return dyna::service::Main(argc, argv, program, [](dyna::service::Host& host) {
    const auto cluster = dyna::service::ClusterOptions::From(host.config());
    if (const auto spec = dyna::service::AwaitEnvironment(host, cluster)) {
      dyna::learner::LearnerService(host, cluster, *spec).Run();
    }
  });
}
