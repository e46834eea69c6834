#include "common/service/main.hpp"

#include "common/nn/torch/process_tuning.hpp"
#include "model_server/imagination/service/imagination_service.hpp"

int main(int argc, char** argv) {
  dyna::nn::TuneProcess();
  const dyna::service::Program program = {
      .name = "dyna-imagination",
      .description = "Branches short model rollouts from real states into the synthetic table",
      .role = dyna::wire::Role::kImagination,
      .states = {"starting", "imagining", "idle", "waiting_for_environment", "waiting_for_weights",
                 "waiting_for_replay"},
      .foreign_tables = {"run", "env", "actor", "learner", "replay", "model", "pacing", "cluster"}};
  return dyna::service::Main(argc, argv, program, [](dyna::service::Host& host) {
    const auto cluster = dyna::service::ClusterOptions::From(host.config());
    if (const auto spec = dyna::service::AwaitEnvironment(host, cluster)) {
      dyna::imagination::ImaginationService(host, cluster, *spec).Run();
    }
  });
}
