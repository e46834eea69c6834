#include "common/service/main.hpp"

#include "replay/service/replay_service.hpp"

int main(int argc, char** argv) {
  const dyna::service::Program program = {
      .name = "dyna-replay",
      .description = "One shard of the replay service: tables of real and imagined transitions",
      .role = dyna::wire::Role::kReplay,
      .states = {"serving", "waiting_for_disk"},
      .foreign_tables = {"run", "env", "actor", "learner", "model", "imagination", "pacing",
                         "compute", "cluster"}};
  return dyna::service::Main(argc, argv, program, [](dyna::service::Host& host) {
    dyna::replay::ReplayService(host).Run();
  });
}
