#include "common/service/main.hpp"

#include <memory>
#include <utility>

#include "common/nn/torch/process_tuning.hpp"
#include "common/watch/run_page.hpp"
#include "learner/service/learner_service.hpp"

namespace {

/// Before anything that may wait: the page shows what is waited for.
void ServePage(dyna::service::Host& host) {
  dyna::Config& config = host.config();
  dyna::watch::RunPage::Options options = {.run = host.identity().run,
                                           .environment = config.GetString("env.name", ""),
                                           .steps = dyna::learner::RunSteps(config),
                                           .life = host.identity().incarnation,
                                           .folder = dyna::learner::RunFolderPath(host),
                                           .watcher = dyna::watch::Watcher::Options::From(config)};
  if (host.http().port() == 0) return;
  dyna::watch::Target self = {
      .address = "here", .instance = host.identity().instance, .role = "learner", .ask = [&host] {
        return dyna::watch::LocalScrape(host.metrics(), host.health());
      }};
  host.http().Mount(
      std::make_shared<const dyna::watch::RunPage>(std::move(options), std::move(self)));
}

}  // namespace

int main(int argc, char** argv) {
  dyna::nn::TuneProcess();
  const dyna::service::Program program = {
      .name = "dyna-learner",
      .description = "Updates the policy from real and imagined transitions and paces the others",
      .role = dyna::wire::Role::kLearner,
      .states = {"starting", "updating", "waiting_for_environment", "waiting_for_replay"},
      .foreign_tables = {"run", "env", "actor", "model", "imagination", "replay", "cluster"}};
  return dyna::service::Main(argc, argv, program, [](dyna::service::Host& host) {
    ServePage(host);
    const auto cluster = dyna::service::ClusterOptions::From(host.config());
    if (const auto spec = dyna::service::AwaitEnvironment(host, cluster)) {
      dyna::learner::LearnerService(host, cluster, *spec).Run();
    }
  });
}
