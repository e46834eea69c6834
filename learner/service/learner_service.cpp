#include "learner/service/learner_service.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "common/core/error.hpp"
#include "common/nn/torch/compute.hpp"
#include "common/service/identity_check.hpp"
#include "common/telemetry/metric_names.hpp"
#include "learner/algorithms/registry.hpp"
#include "learner/service/pacing_options.hpp"

namespace dyna::learner {
namespace {

namespace m = telemetry::metrics;
using net::Milliseconds;
using std::chrono::steady_clock;

constexpr Milliseconds kTurn{5};
constexpr Milliseconds kPace{20};
constexpr Milliseconds kShowLosses{1000};
constexpr std::int64_t kStepsMax = 1'000'000'000;
/// Policies are published many times a second: the file that says so is written for so many.
constexpr std::uint64_t kVersionBlock = 10'000;

/// Keys that a learner which goes on must find as they were. Where peers are, and how others work,
/// may change.
bool ShapesLearning(const std::string& key) {
  const bool own = key.starts_with("learner.") && key != "learner.bind";
  return own || key.starts_with("env.") || key == "run.seed" ||
         key == "imagination.rollout_schedule";
}

/// A learner died here before its first checkpoint: there is nothing to lose yet.
bool BarelyBegun(const std::filesystem::path& path) {
  if (!CheckpointFolder(path / "checkpoints").Files().empty()) return false;
  std::ifstream progress(path / "progress.csv");
  std::string header;
  std::string row;
  return !(std::getline(progress, header) && std::getline(progress, row));
}

}  // namespace

std::int64_t RunSteps(Config& config) { return config.GetInt("run.steps", 10'000, 1, kStepsMax); }

std::filesystem::path RunFolderPath(service::Host& host) {
  return host.config().GetString("cluster.folder", "runs/" + host.identity().run);
}

LearnerService::LearnerService(service::Host& host, const service::ClusterOptions& cluster,
                               const EnvSpec& spec)
    : host_(host),
      steps_(RunSteps(host.config())),
      checkpoint_every_(host.config().GetInt("run.checkpoint_every", 5'000, 0, kStepsMax)),
      checkpoint_seconds_(host.config().GetInt("cluster.checkpoint_seconds", 30, 0, 86'400)),
      started_(steady_clock::now()),
      learning_(host.metrics()),
      updates_(host.metrics().counter(m::kLearnerUpdates)),
      policy_version_(host.metrics().gauge(m::kPolicyVersion)) {
  for (const char* table : {kRealTable, kSyntheticTable}) {
    pace_.emplace(table,
                  PaceSeries{.rows = host.metrics().gauge(m::kLearnerRows, {table}),
                             .allowed = host.metrics().gauge(m::kLearnerAllowedRows, {table})});
  }
  Config& config = host.config();
  nn::SetCompute(nn::ComputeOptions::From(config));
  const auto seed = static_cast<std::uint64_t>(config.GetInt("run.seed", 0, 0, INT64_MAX));
  if (!LearnsFromBatches(config)) {
    throw config.Wrong("learner.algorithm",
                       "one that learns from batches: tabular ones run in one process, with "
                       "`dyna train`");
  }
  if (LearnsInBlocks(config)) {
    throw config.Wrong("learner.algorithm",
                       "one that a cluster can run: this one learns in blocks of real steps, with "
                       "`dyna train` only");
  }
  imagines_ = Imagines(config);
  tensorboard_ = config.GetBool("run.tensorboard", false);
  stale_versions_ = config.GetInt("imagination.stale_versions", 0, 0, 1'000'000);
  options_ = Learner::Options::From(config, imagines_);
  pacer_.emplace(PacingOptions(config, options_));
  const std::string bind = config.GetString("learner.bind", cluster.learner.text());
  const std::filesystem::path folder = RunFolderPath(host);
  auto algorithm = MakeAlgorithm(config, spec, seed);
  host.RequireAllKeysUsed();
  identity_ = RunIdentity::From(config, ShapesLearning);
  const auto listen = host.security().Listen("learner.bind", bind);

  service::SetEnvironment(host, spec);
  replay_ = std::make_unique<ShardPool>(host.context(), service::PoolOptions(host, cluster, spec),
                                        &host.socket_events());
  watched_.emplace(replay_->port(), host.metrics());
  std::filesystem::create_directories(folder);
  weights_.emplace(folder / "policy_version", kVersionBlock, desk_);
  learner_ = std::make_unique<Learner>(options_, std::move(algorithm), *watched_, *weights_);
  host.metrics().gauge(m::kLearnerRealRatio).Set(options_.mixer.real_fraction);
  host.metrics().gauge(m::kLearnerUpdateLimit).Set(options_.updates_per_step);
  const std::uint64_t reserved = weights_->reserved();  // by earlier lives
  OpenFolder(folder);
  learner_->SkipVersions(reserved);
  learner_->Publish();
  server_ = std::make_unique<net::Server>(host.context(), listen, *this, steady_clock::now,
                                          &host.socket_events());
  host.log().Info("listening", {{"endpoint", server_->endpoint().text()}});
}

void LearnerService::OpenFolder(const std::filesystem::path& path) {
  if (BarelyBegun(path)) std::filesystem::remove(path / "config.toml");
  if (!std::filesystem::exists(path / "config.toml")) {
    folder_ = RunFolder::Create(path, host_.config());
    log_ = RunLog::Begin(*folder_, learner_->algorithm().LastLosses(), tensorboard_);
    SaveCheckpoint();  // from here on a learner that is killed has something to go on from
    return;
  }
  folder_ = RunFolder::Open(path);
  if (folder_->checkpoints().Files().empty()) {
    throw OperatorError("'" + path.string() +
                        "' holds a run without a checkpoint to go on from; choose another "
                        "cluster.folder or remove it");
  }
  const auto loaded = folder_->checkpoints().LoadLatest();
  for (const std::string& why : loaded.refused) {
    host_.log().Warning("checkpoint refused", {{"reason", why}});
  }
  const std::string difference = identity_.DifferenceFrom(loaded.state.GetString("config"));
  if (!difference.empty()) {
    throw OperatorError("'" + loaded.path.string() + "' is of another run: " + difference);
  }
  learner_->Load(loaded.state.Sub("run/learner/"));
  pacer_->Load(loaded.state.Sub("run/pacer/"));
  log_ = RunLog::Resume(*folder_, learner_->algorithm().LastLosses(), loaded.state.Sub("run/log/"));
  seconds_before_ = loaded.state.GetScalar<double>("wall_seconds");
  saved_at_ = loaded.state.GetScalar<std::int64_t>("env_steps");
  resumed_ = true;
  host_.log().Info("resumed",
                   {{"checkpoint", loaded.path.string()}, {"updates", learner_->updates()}});
}

void LearnerService::Run() {
  std::vector<const net::Pollable*> sockets = {replay_.get(), server_.get()};
  while (!host_.stopping()) {
    PollNetwork();
    Pace();
    if (StepOnce()) continue;
    if (Finished()) break;
    net::WaitForAny(sockets, kTurn);
  }
  SaveCheckpoint();
  host_.log().Info(host_.stopping() ? "interrupted" : "run complete",
                   {{"env_steps", Inserted(kRealTable)}, {"updates", learner_->updates()}});
}

void LearnerService::PollNetwork() {
  replay_->Poll();
  for (const std::string& name : replay_->TakeJoined()) {
    host_.log().Info("shard joined", {{"shard", name}});
  }
  server_->Poll(Milliseconds(0));
  host_.Tick();
}

void LearnerService::Pace() {
  const auto now = steady_clock::now();
  if (now - paced_ < kPace) return;
  paced_ = now;
  for (const auto& [tag, shard] : replay_->by_tag()) {
    for (const char* table : {kRealTable, kSyntheticTable}) {
      const auto counters = shard->Counters(table);
      if (counters.ok()) {
        pacer_->OnReport(table, tag, counters.value());
      } else {
        pacer_->OnSilence(tag);
      }
    }
  }
  desk_.set_env_steps(LearnedSteps());
  // A learner that comes back must know of whom it has to hear before it may grant.
  if (pacer_->tables() > tables_saved_) SaveCheckpoint();
  for (const auto& order : pacer_->Orders(learner_->updates() + learner_->updates_forgone())) {
    (void)replay_->by_tag().at(order.shard)->Grant(order.table, order.grant);
  }
  ShowPace();
  for (const std::string& complaint : pacer_->Complaints()) {
    host_.log().Warning("pacing", {{"problem", complaint}});
  }
}

void LearnerService::ShowPace() {
  for (auto& [table, series] : pace_) {
    series.rows.Set(static_cast<double>(pacer_->inserted(table)));
    series.allowed.Set(static_cast<double>(
        pacer_->allowed(table, learner_->updates() + learner_->updates_forgone())));
  }
  // Not every turn: reading them may wait for a device.
  if (const auto now = steady_clock::now(); now - losses_shown_ >= kShowLosses) {
    losses_shown_ = now;
    learning_.OnLosses(learner_->algorithm().LastLosses());
  }
}

bool LearnerService::StepOnce() {
  if (resumed_) {  // rows that others collected meanwhile are not caught up on in a burst
    if (!learner_->ForgoBacklog().ok()) return false;
    resumed_ = false;
  }
  const Status stepped = learner_->Step();
  if (!stepped.ok()) {
    host_.states().Enter("waiting_for_replay", replay_->WaitsFor(stepped.error()));
    return false;
  }
  host_.states().Enter("updating");
  updates_.Add();
  policy_version_.Set(static_cast<double>(learner_->version()));
  if (CheckpointDue()) SaveCheckpoint();
  return true;
}

bool LearnerService::CheckpointDue() {
  const auto steps = static_cast<std::int64_t>(Inserted(kRealTable));
  if (checkpoint_every_ > 0 && steps >= saved_at_ + checkpoint_every_) return true;
  return checkpoint_seconds_.count() > 0 &&
         steady_clock::now() >= saved_time_ + checkpoint_seconds_;
}

bool LearnerService::Finished() {
  return Inserted(kRealTable) >= static_cast<std::uint64_t>(steps_) &&
         log_->evaluated_at() >= static_cast<std::uint64_t>(steps_);
}

std::uint64_t LearnerService::Inserted(const std::string& table) {
  const auto counters = replay_->port().Counters(table);
  return counters.ok() ? counters.value().inserted : pacer_->inserted(table);
}

/// What a policy is counted by: the real steps that the updates so far are due to.
std::uint64_t LearnerService::LearnedSteps() {
  const std::uint64_t steps = Inserted(kRealTable);
  const auto starts = static_cast<std::uint64_t>(options_.learning_starts);
  if (steps <= starts) return steps;
  const auto updates = static_cast<double>(learner_->updates() + learner_->updates_forgone());
  return std::min(steps, starts + static_cast<std::uint64_t>(updates / options_.updates_per_step));
}

double LearnerService::WallSeconds() const {
  return seconds_before_ + std::chrono::duration<double>(steady_clock::now() - started_).count();
}

void LearnerService::SaveCheckpoint() {
  const auto steps = static_cast<std::int64_t>(Inserted(kRealTable));
  StateDict state;
  const auto save = [&state](const std::string& prefix, auto& part) {
    StateDict saved;
    part.Save(saved);
    state.Merge(prefix, std::move(saved));
  };
  save("run/learner/", *learner_);
  save("run/pacer/", *pacer_);
  save("run/log/", *log_);
  state.PutString("config", identity_.Text());
  state.PutScalar<double>("wall_seconds", WallSeconds());
  state.PutScalar<std::int64_t>("env_steps", steps);
  folder_->checkpoints().Save(steps, state);
  saved_at_ = steps;
  saved_time_ = steady_clock::now();
  tables_saved_ = pacer_->tables();
}

Result<wire::Welcome> LearnerService::OnHello(net::PeerId /*peer*/, const wire::Hello& hello) {
  if (Status fits = service::CheckIdentity(host_.identity(), hello.client); !fits.ok()) {
    return fits.error();
  }
  return wire::Welcome{.server = host_.identity(), .shard = 0, .tables = {}};
}

void LearnerService::OnRequest(net::Request request, const wire::Hello& /*client*/) {
  switch (request.message.type()) {
    case wire::MessageType::kReport:
      return OnReport(request);
    case wire::MessageType::kEpisodeReport: {
      const auto report = request.message.Decode<wire::EpisodeReport>();
      if (!report.ok()) return server_->Refuse(request.ticket, report.error());
      log_->OnEpisodes(report.value(), WallSeconds());
      learning_.OnEpisodes(report.value());
      return server_->Reply(request.ticket, wire::Ok{});
    }
    case wire::MessageType::kEvaluationReport:
      return OnEvaluation(request);
    default:
      desk_.Serve(request, *server_);
  }
}

void LearnerService::OnReport(const net::Request& request) {
  const auto report = request.message.Decode<wire::Report>();
  if (!report.ok()) return server_->Refuse(request.ticket, report.error());
  log_->OnReport(report.value());
  server_->Reply(request.ticket, wire::Ok{});
  for (const auto& [name, value] : report.value().scalars) {
    if (report.value().role != wire::Role::kModelServer || name != "model_version") continue;
    const auto version = static_cast<std::uint64_t>(std::max(value, 0.0));
    watched_->set_model_version(version);
    // Workers tell the shards too, when they have imagined with it; here it counts at once.
    const auto kept = static_cast<std::uint64_t>(stale_versions_);
    if (kept > 0 && version > kept) {
      (void)watched_->EvictStale(kSyntheticTable, version - kept);
    }
  }
}

void LearnerService::OnEvaluation(const net::Request& request) {
  const auto report = request.message.Decode<wire::EvaluationReport>();
  if (!report.ok()) return server_->Refuse(request.ticket, report.error());
  const auto mean = log_->OnEvaluation(
      report.value(), {.wall_seconds = WallSeconds(),
                       .updates = learner_->updates(),
                       .synthetic_steps = imagines_ ? Inserted(kSyntheticTable) : 0,
                       .losses = learner_->algorithm().LastLosses()});
  if (mean) {
    learning_.OnEvaluation(report.value().env_steps, *mean);
    host_.log().Info("evaluation", {{"env_steps", report.value().env_steps},
                                    {"return_mean", *mean},
                                    {"updates", learner_->updates()}});
  }
  server_->Reply(request.ticket, wire::Ok{});
}

}  // namespace dyna::learner
