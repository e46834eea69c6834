#include "model_server/imagination/service/imagination_service.hpp"

#include <utility>
#include <vector>

#include "common/nn/torch/compute.hpp"
#include "common/telemetry/metric_names.hpp"

namespace dyna::imagination {
namespace {

using net::Milliseconds;
using std::chrono::steady_clock;

namespace m = telemetry::metrics;

constexpr Milliseconds kTurn{20};

const char* StateOf(const Error& error) {
  return error.code == ErrorCode::kNotFound ? "waiting_for_weights" : "waiting_for_replay";
}

}  // namespace

ImaginationService::ImaginationService(service::Host& host, const service::ClusterOptions& cluster,
                                       const EnvSpec& spec)
    : host_(host),
      rows_(host.metrics().counter(m::kImaginationSteps)),
      rollout_length_(host.metrics().gauge(m::kImaginationRolloutLength)),
      disagreement_(host.metrics().gauge(m::kImaginationDisagreement)) {
  Config& config = host.config();
  nn::SetCompute(nn::ComputeOptions::From(config));
  auto options = Imaginer::Options::From(config, spec, host.producer());
  options.seed = host.LifeSeed(options.seed);
  host.RequireAllKeysUsed();

  service::SetEnvironment(host, spec);
  auto pool = service::PoolOptions(host, cluster, spec);
  // A batch is a chunk of rollouts; while one waits to be let in, the weights that would make the
  // next one grow older.
  pool.shard.append_batches_max = 1;
  replay_ = std::make_unique<ShardPool>(host.context(), pool, &host.socket_events());
  learner_ = service::Connect(host, wire::Role::kLearner, cluster.learner);
  model_server_ = service::Connect(host, wire::Role::kModelServer, cluster.model_server);
  weights_.Follow(*learner_, {.name = kPolicyWeights});
  weights_.Follow(*model_server_, {.name = kModelWeights, .period = Milliseconds(100)});
  reporter_.emplace(host, *learner_);
  imaginer_ = std::make_unique<Imaginer>(options, spec, replay_->port(), weights_);
}

void ImaginationService::Run() {
  while (!host_.stopping()) {
    PollNetwork();
    StepOnce();
  }
  const auto end = steady_clock::now() + host_.grace();
  while (steady_clock::now() < end && !replay_->settled()) {
    PollNetwork();
    Wait(kTurn);
  }
}

void ImaginationService::PollNetwork() {
  replay_->Poll();
  learner_->Poll(Milliseconds(0));
  model_server_->Poll(Milliseconds(0));
  learner_->RequireNotRefused();
  model_server_->RequireNotRefused();
  weights_.Poll();
  reporter_->Poll();
  host_.Tick();
}

void ImaginationService::StepOnce() {
  const auto imagined = imaginer_->Step();
  if (!imagined.ok()) {
    host_.states().Enter(StateOf(imagined.error()), replay_->WaitsFor(imagined.error()));
    return Wait(kTurn);
  }
  const ImaginationReport& report = imagined.value();
  if (report.rows == 0) {
    host_.states().Enter("idle");
    return Wait(kTurn);
  }
  host_.states().Enter("imagining");
  rows_.Add(static_cast<double>(report.rows));
  dropped_ += static_cast<double>(report.dropped_nonfinite);
  rollout_length_.Set(static_cast<double>(report.rollout_length));
  disagreement_.Set(report.disagreement);
  reporter_->Set({{"rollout_length", static_cast<double>(report.rollout_length)},
                  {"dropped", dropped_},
                  {"disagreement", report.disagreement}});
}

void ImaginationService::Wait(Milliseconds at_most) {
  const std::vector<const net::Pollable*> sockets = {replay_.get(), learner_.get(),
                                                     model_server_.get()};
  net::WaitForAny(sockets, at_most);
}

}  // namespace dyna::imagination
