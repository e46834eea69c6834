#include "common/service/main.hpp"

#include "actors/service/actor_service.hpp"
#include "actors/service/evaluator_service.hpp"

namespace {

using dyna::service::Host;
using dyna::service::Program;

using dyna::wire::Role;

Role RoleOf(dyna::Config& config) {
  return config.GetBool("actor.evaluate", false) ? Role::kEvaluator : Role::kActor;
}

const Program kActor = {.name = "dyna-actor",
                        .description =
                            "Steps real environments and appends what happens to replay; with "
                            "--set actor.evaluate=true plays evaluation episodes instead",
                        .role_of = RoleOf,
                        .states = {"starting", "acting", "evaluating", "idle", "stopping",
                                   "waiting_for_replay", "waiting_for_learner"},
                        .foreign_tables = {"run", "learner", "model", "imagination", "replay",
                                           "pacing", "compute", "cluster"}};

}  // namespace

int main(int argc, char** argv) {
  return dyna::service::Main(argc, argv, kActor, [](Host& host) {
    if (host.identity().role == Role::kEvaluator) {
      host.LeaveToOthers("actor");
      dyna::actors::EvaluatorService(host).Run();
    } else {
      dyna::actors::ActorService(host).Run();
    }
  });
}
