#include "actors/service/evaluator_service.hpp"

#include <utility>
#include <vector>

#include "actors/envs/registry.hpp"
#include "common/nn/policy.hpp"
#include "common/wire/messages_report.hpp"

namespace dyna::actors {
namespace {

using net::Milliseconds;

constexpr Milliseconds kTurn{20};
constexpr std::int64_t kStepsMax = 1'000'000'000;

}  // namespace

EvaluatorService::EvaluatorService(service::Host& host)
    : host_(host),
      every_(host.config().GetInt("run.eval_every", 1'000, 1, kStepsMax)),
      steps_(host.config().GetInt("run.steps", 10'000, 1, kStepsMax)) {
  Config& config = host.config();
  const Evaluator::Options options{
      .episodes = config.GetInt("run.eval_episodes", 5, 1, 10'000),
      .steps_max = config.GetInt("run.eval_steps_max", 10'000, 1, kStepsMax),
      .seed = static_cast<std::uint64_t>(config.GetInt("run.seed", 0, 0, INT64_MAX))};
  const auto cluster = service::ClusterOptions::From(config);
  auto environments = envs::MakeEnvironments(config, options.episodes);
  // Evaluation is not in real time: nobody waits for what it does.
  (void)config.GetInt("env.step_period_ms", 0, 0, 3'600'000);
  host.RequireAllKeysUsed();
  spec_ = environments.front()->spec();
  service::SetEnvironment(host, spec_);
  evaluator_ = std::make_unique<Evaluator>(options, std::move(environments));
  learner_ = service::Connect(host, wire::Role::kLearner, cluster.learner);
  weights_.Follow(*learner_, {.name = kPolicyWeights, .period = kTurn});
}

void EvaluatorService::Run() {
  const std::vector<const net::Pollable*> sockets = {learner_.get()};
  while (!host_.stopping()) {
    learner_->Poll(Milliseconds(0));
    learner_->RequireNotRefused();
    weights_.Poll();
    host_.Tick();
    if (report_) {
      if (const auto answer = learner_->Take(*report_)) report_.reset();
    } else if (Due()) {
      Evaluate();
      continue;
    }
    host_.states().Enter(learner_->ready() ? "idle" : "waiting_for_learner",
                         learner_->connection().Explain());
    net::WaitForAny(sockets, kTurn);
  }
}

bool EvaluatorService::Due() const {
  if (!weights_.of(kPolicyWeights).FetchIfNewer(0)) return false;
  const auto now = static_cast<std::int64_t>(weights_.of(kPolicyWeights).env_steps());
  if (now == 0 || now == evaluated_at_) return false;
  const bool passed = now / every_ > std::max<std::int64_t>(evaluated_at_, 0) / every_;
  return passed || (now >= steps_ && evaluated_at_ < steps_);
}

void EvaluatorService::Evaluate() {
  host_.states().Enter("evaluating");
  const WeightsClient& client = weights_.of(kPolicyWeights);
  const auto blob = client.FetchIfNewer(0);
  evaluated_at_ = static_cast<std::int64_t>(client.env_steps());
  auto weights = nn::PolicyWeights::FromStateDict(blob->arrays);
  weights.RequireFits(spec_);
  const nn::Policy policy(std::move(weights));
  const Evaluation evaluation = evaluator_->Evaluate(policy, number_, {});
  wire::EvaluationReport report{.instance = host_.identity().instance,
                                .number = number_,
                                .policy_version = blob->version,
                                .env_steps = client.env_steps(),
                                .episodes = {}};
  for (std::size_t i = 0; i < evaluation.returns.size(); ++i) {
    report.episodes.push_back(
        {.episode_return = evaluation.returns[i], .steps = evaluation.steps[i]});
  }
  ++number_;
  const auto sent = learner_->Send(report, {.timeout = Milliseconds::max()});
  if (sent.ok()) report_ = sent.value();
  host_.log().Info("evaluated", {{"env_steps", evaluated_at_},
                                 {"policy_version", blob->version},
                                 {"return_mean", evaluation.return_mean()}});
}

}  // namespace dyna::actors
