#include "actors/service/actor_service.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "actors/envs/registry.hpp"
#include "actors/service/dropping_replay.hpp"
#include "common/telemetry/metric_names.hpp"

namespace dyna::actors {
namespace {

using net::Milliseconds;
using std::chrono::steady_clock;

constexpr Milliseconds kTurn{20};

}  // namespace

ActorService::RealTime ActorService::RealTime::From(Config& config) {
  RealTime options;
  const std::int64_t period = config.GetInt("env.step_period_ms", 0, 0, 3'600'000);
  if (period > 0) options.period = Milliseconds(period);
  options.drop_when_full = config.GetChoice("actor.when_full", "wait", {"wait", "drop"}) == "drop";
  options.buffer_mib = config.GetInt("actor.buffer_mib", 4, 1, 4096);
  return options;
}

ActorService::ActorService(service::Host& host)
    : host_(host),
      real_time_(RealTime::From(host.config())),
      steps_(host.metrics().counter(telemetry::metrics::kActorSteps,
                                    {host.config().GetString("env.name", "")})),
      policy_version_(host.metrics().gauge(telemetry::metrics::kActorPolicyVersion)),
      missed_(host.metrics().counter(telemetry::metrics::kActorDeadlinesMissed)) {
  host.metrics().counter(telemetry::metrics::kActorRowsDropped);  // 0 where none may be dropped
  Config& config = host.config();
  auto options = ActorLoop::Options::From(config);
  options.producer = host.producer();
  options.seed = host.LifeSeed(options.seed);
  const auto cluster = service::ClusterOptions::From(config);
  const Milliseconds policy_period(config.GetInt("actor.policy_period_ms", 20, 1, 60'000));
  auto environments = envs::MakeEnvironments(config, options.environments);
  host.RequireAllKeysUsed();

  const EnvSpec spec = environments.front()->spec();
  service::SetEnvironment(host, spec);
  auto pool = service::PoolOptions(host, cluster, spec);
  pool.shard.append_bytes_max = static_cast<std::size_t>(real_time_.buffer_mib) << 20U;
  if (real_time_.period) {
    pool.shard.append_while_refused = true;
    pool.shard.append_batches_max = std::numeric_limits<std::size_t>::max();
  }
  replay_ = std::make_unique<ShardPool>(host.context(), pool, &host.socket_events());
  learner_ = service::Connect(host, wire::Role::kLearner, cluster.learner);
  weights_.Follow(*learner_, {.name = kPolicyWeights, .period = policy_period});
  reporter_.emplace(*learner_, host.identity().instance, host.producer(),
                    host.identity().incarnation);
  if (real_time_.drop_when_full) {
    dropping_ = std::make_unique<DroppingReplay>(replay_->port(), host.metrics());
  }
  loop_ = std::make_unique<ActorLoop>(options, std::move(environments),
                                      dropping_ ? *dropping_ : replay_->port(), weights_);
}

void ActorService::Run() {
  if (real_time_.period) timer_.emplace(*real_time_.period, steady_clock::now());
  while (!host_.stopping()) {
    PollNetwork();
    host_.Tick();
    if (timer_ && !timer_->due(steady_clock::now())) {
      const auto left = timer_->next() - steady_clock::now();
      Wait(std::min(kTurn, std::chrono::ceil<Milliseconds>(left)));
      continue;
    }
    try {
      StepOnce();
    } catch (const EnvironmentError&) {
      HandOver();  // the rows before it are good
      throw;
    }
  }
  HandOver();
}

void ActorService::PollNetwork() {
  replay_->Poll();
  for (const std::string& name : replay_->TakeJoined()) {
    host_.log().Info("shard joined", {{"shard", name}});
  }
  learner_->Poll(Milliseconds(0));
  learner_->RequireNotRefused();
  weights_.Poll();
  loop_->SetRunSteps(static_cast<std::int64_t>(weights_.of(kPolicyWeights).env_steps()));
  reporter_->Poll();
}

void ActorService::StepOnce() {
  const std::int64_t before = loop_->env_steps();
  const Status stepped = loop_->Step();
  steps_.Add(static_cast<double>(loop_->env_steps() - before));
  policy_version_.Set(static_cast<double>(loop_->policy_version()));
  reporter_->Add(loop_->TakeEpisodes());
  if (timer_) missed_.Add(static_cast<double>(timer_->Stepped(steady_clock::now())));
  if (stepped.ok()) {
    host_.states().Enter("acting");
    return;
  }
  if (stepped.error().code != ErrorCode::kBackpressure &&
      stepped.error().code != ErrorCode::kTimeout) {
    throw OperatorError("replay refuses this actor's rows: " + stepped.error().message);
  }
  host_.states().Enter("waiting_for_replay", replay_->WaitsFor(stepped.error()));
  Wait(kTurn);
}

void ActorService::Wait(Milliseconds at_most) {
  const std::vector<const net::Pollable*> sockets = {replay_.get(), learner_.get()};
  net::WaitForAny(sockets, at_most);
}

void ActorService::HandOver() {
  host_.states().Enter("stopping");
  const auto end = steady_clock::now() + host_.grace();
  const auto settled = [this] {
    return replay_->settled() && (reporter_->idle() || !learner_->ready());
  };
  do {
    replay_->Flush();
    PollNetwork();
    Wait(kTurn);
  } while (steady_clock::now() < end && !settled());
  host_.log().Info("handed over", {{"env_steps", loop_->env_steps()},
                                   {"all_rows_acknowledged", replay_->flushed()}});
}

}  // namespace dyna::actors
