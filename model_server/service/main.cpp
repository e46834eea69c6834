#include "common/service/main.hpp"

#include "common/nn/torch/process_tuning.hpp"
#include "model_server/service/model_service.hpp"

int main(int argc, char** argv) {
  dyna::nn::TuneProcess();
  const dyna::service::Program program = {
      .name = "dyna-model-server",
      .description = "Trains the ensemble of dynamics models on real transitions",
      .role = dyna::wire::Role::kModelServer,
      .states = {"starting", "training", "waiting_for_environment", "waiting_for_real_steps"},
      .foreign_tables = {"run", "env", "actor", "learner", "replay", "imagination", "pacing",
                         "cluster"}};
  return dyna::service::Main(argc, argv, program, [](dyna::service::Host& host) {
    const auto cluster = dyna::service::ClusterOptions::From(host.config());
    if (const auto spec = dyna::service::AwaitEnvironment(host, cluster)) {
      dyna::model_server::ModelService(host, cluster, *spec).Run();
    }
  });
}
