#include "replay/service/replay_service.hpp"

#include <algorithm>
#include <utility>

#include "common/service/identity_check.hpp"
#include "common/wire/messages_environment.hpp"
#include "common/wire/messages_replay.hpp"
#include "common/wire/rows_codec.hpp"
#include "common/wire/samples_codec.hpp"
#include "replay/replay_options.hpp"

namespace dyna::replay {
namespace {

using net::Milliseconds;
using wire::MessageType;

constexpr Milliseconds kTurn{100};
constexpr Milliseconds kShowEvery{200};

net::Server::Options ServerOptions(service::Host& host) {
  return host.security().Listen("replay.bind",
                                host.config().GetString("replay.bind", "tcp://127.0.0.1:7101"));
}

std::string Text(const EnvSpec& spec) {
  return spec.name + " with observation " + spec.observation.ToString() + ", action " +
         spec.action.ToString() + " and " + std::to_string(spec.max_episode_steps) +
         " steps per episode";
}

std::string Difference(const EnvSpec& ours, const EnvSpec& theirs) {
  std::string text = "this run's environment is " + Text(ours) + "; the client has " + Text(theirs);
  if (ours.reward_threshold != theirs.reward_threshold) text += "; reward thresholds differ";
  if (ours.state_names != theirs.state_names) text += "; names of state variables differ";
  return text;
}

Error NotKnownYet() {
  return {ErrorCode::kBackpressure,
          "the shard waits for the first actor, which says what the environment is like"};
}

}  // namespace

ReplayService::ReplayService(service::Host& host)
    : host_(host),
      shard_id_(static_cast<std::uint16_t>(host.config().GetInt("replay.shard", 0, 0, 65'535))),
      seed_(static_cast<std::uint64_t>(host.config().GetInt("run.seed", 0, 0, INT64_MAX))),
      metrics_(host.metrics()) {
  (void)ReplayOptions::From(host.config(), {1, 1});  // wrong keys are said now
  const auto server = ServerOptions(host);
  const auto log = ShardLog::Options::From(host.config());
  host.RequireAllKeysUsed();
  if (!log.folder.empty()) Restore(log);
  for (const char* table : {kRealTable, kSyntheticTable}) {
    metrics_.OnAckLevel(table, AckLevelOf(table));
  }
  server_ = std::make_unique<net::Server>(host.context(), server, *this,
                                          std::chrono::steady_clock::now, &host.socket_events());
  host.log().Info("listening", {{"endpoint", endpoint().text()}, {"shard", shard_id_}});
}

void ReplayService::Run() {
  host_.states().Enter("serving");
  while (!host_.stopping()) Turn(kTurn);
  server_->Poll(Milliseconds(0));  // what is in the sockets is answered
  const auto end = std::chrono::steady_clock::now() + host_.grace();
  while (!held_acks_.empty() && std::chrono::steady_clock::now() < end) Turn(Milliseconds(5));
}

void ReplayService::Turn(Milliseconds wait) {
  if (log_) {
    const std::vector<const net::Pollable*> sources = {server_.get(), log_.get()};
    net::WaitForAny(sources, wait);
    server_->Poll(Milliseconds(0));
    log_->Commit();
    SendDurableAcks();
    if (log_->SnapshotDue()) SaveSnapshot();
  } else {
    server_->Poll(wait);
  }
  host_.Tick();
  const auto now = std::chrono::steady_clock::now();
  if (shard_ == nullptr || now < show_at_) return;
  show_at_ = now + kShowEvery;
  if (log_) WatchDisk();
  for (const char* table : {kRealTable, kSyntheticTable}) {
    metrics_.Show(table, StateOf(table).counters, wire::RowBytes(environment_->transition_shape()));
  }
}

Result<wire::Welcome> ReplayService::OnHello(net::PeerId peer, const wire::Hello& hello) {
  if (Status fits = service::CheckIdentity(host_.identity(), hello.client); !fits.ok()) {
    return fits.error();
  }
  if (hello.client.role == wire::Role::kLearner) {
    if (Status admitted = AdmitLearner(peer, hello.client); !admitted.ok()) {
      return admitted.error();
    }
  }
  wire::Welcome welcome{.server = host_.identity(), .shard = shard_id_, .tables = {}};
  if (shard_ != nullptr) {
    for (const char* table : {kRealTable, kSyntheticTable}) {
      welcome.tables.push_back({.name = table, .state = StateOf(table)});
    }
  }
  return welcome;
}

Status ReplayService::AdmitLearner(net::PeerId peer, const wire::Identity& client) {
  const bool other = learner_ && learner_->instance != client.instance;
  const bool older = learner_ && learner_->incarnation > client.incarnation;
  if (other || older) {
    return Error{ErrorCode::kVersionMismatch,
                 "a learner is at work on run '" + client.run + "': " + learner_->instance +
                     " (since " + std::to_string(learner_->incarnation) + "); " + client.instance +
                     " (since " + std::to_string(client.incarnation) + ") cannot be a second one"};
  }
  learner_ = {.peer = peer, .instance = client.instance, .incarnation = client.incarnation};
  return Done{};
}

void ReplayService::OnGone(net::PeerId peer) {
  if (learner_ && learner_->peer == peer) learner_.reset();
}

wire::TableState ReplayService::StateOf(const std::string& table) const {
  return {.counters = shard_->Counters(table).value()};
}

void ReplayService::OnRequest(net::Request request, const wire::Hello& /*client*/) {
  switch (request.message.type()) {
    case MessageType::kEnvironment:
      return OnEnvironment(request);
    case MessageType::kDescribe:
      return OnDescribe(request);
    default:
      break;
  }
  if (shard_ == nullptr) return OnTooEarly(request);
  switch (request.message.type()) {
    case MessageType::kAppend:
      return OnAppend(request);
    case MessageType::kSample:
      return OnSample(request);
    case MessageType::kRead:
      return OnRead(request);
    case MessageType::kUpdatePriorities:
      return OnPriorities(request);
    case MessageType::kGrant:
      return OnGrant(request);
    case MessageType::kSetCapacity:
      return OnSetCapacity(request);
    case MessageType::kEvictStale:
      return OnEvictStale(request);
    case MessageType::kCounters:
      return OnCounters(request);
    default:
      server_->Refuse(request.ticket, {ErrorCode::kInvalidArgument,
                                       "a replay shard does not serve " +
                                           std::string(wire::Name(request.message.type()))});
  }
}

void ReplayService::OnEnvironment(const net::Request& request) {
  auto told = request.message.Decode<wire::Environment>();
  if (!told.ok()) return server_->Refuse(request.ticket, told.error());
  EnvSpec& spec = told.value().spec;
  if (environment_ && *environment_ != spec) {
    return server_->Refuse(request.ticket,
                           {ErrorCode::kVersionMismatch, Difference(*environment_, spec)});
  }
  if (!environment_) {
    MakeShard(spec, /*granted=*/true);
    environment_ = std::move(spec);
    if (log_) (void)log_->Add(wire::Environment{.spec = *environment_});
    host_.log().Info("environment", {{"name", environment_->name},
                                     {"observation", environment_->observation.ToString()},
                                     {"action", environment_->action.ToString()}});
  }
  server_->Reply(request.ticket, wire::Ok{});
}

void ReplayService::OnTooEarly(const net::Request& request) {
  if (request.message.type() == MessageType::kAppend) {
    // Where its rows begin is remembered: those behind them may arrive when another actor has told
    // the environment, and must not be taken in their place.
    const auto append = request.message.Decode<wire::Append>();
    if (!append.ok()) return server_->Refuse(request.ticket, append.error());
    const auto verdict = producers_.Judge(append.value());
    if (!verdict.ok()) return server_->Refuse(request.ticket, verdict.error());
  }
  server_->Refuse(request.ticket, NotKnownYet());
}

void ReplayService::MakeShard(const EnvSpec& spec, bool granted) {
  auto options = ReplayOptions::From(host_.config(), spec.transition_shape()).shard();
  options.incarnation = host_.identity().incarnation;
  for (auto& [name, table] : options.tables) table.granted = granted;
  shard_ = std::make_unique<ReplayShard>(std::move(options), seed_ + shard_id_);
}

void ReplayService::OnDescribe(const net::Request& request) {
  if (!environment_) return server_->Refuse(request.ticket, NotKnownYet());
  server_->Reply(request.ticket, wire::Environment{.spec = *environment_});
}

void ReplayService::OnAppend(const net::Request& request) {
  using Outcome = ShardMetrics::Outcome;
  const auto append = request.message.Decode<wire::Append>();
  if (!append.ok()) return server_->Refuse(request.ticket, append.error());
  const wire::Append& message = append.value();
  const auto refuse = [&](const Error& error) {
    metrics_.OnAppend(
        message.table, message.rows,
        error.code == ErrorCode::kBackpressure ? Outcome::kWaiting : Outcome::kRefused);
    server_->Refuse(request.ticket, error);
  };
  const auto verdict = producers_.Judge(message);
  if (!verdict.ok()) return refuse(verdict.error());
  const bool durable = keeps(message.table);
  if (verdict.value() == ProducerLog::Verdict::kNew) {
    const auto rows =
        wire::DecodeRows(request.message.payload(), message.rows, environment_->transition_shape());
    if (!rows.ok()) return refuse(rows.error());
    if (durable) {
      if (Status room = log_->RoomFor(request.message.payload()); !room.ok()) {
        return refuse(room.error());
      }
    }
    if (Status done = shard_->Append(message.table, rows.value()); !done.ok()) {
      return refuse(done.error());
    }
    producers_.Took(message);
    if (durable) (void)log_->Add(message, request.message.payload());
    metrics_.OnAppend(message.table, message.rows, Outcome::kAppended);
  }
  const wire::AppendAck ack{.producer = message.producer,
                            .epoch = message.epoch,
                            .next_seq = producers_.next_seq(message),
                            .level = AckLevelOf(message.table),
                            .credit_bytes = std::uint64_t{4} << 20U,
                            .state = StateOf(message.table)};
  if (!durable) return server_->Reply(request.ticket, ack);
  // Also rows that came twice: the first time they may not have reached the disk yet.
  held_acks_.push_back({.number = log_->next_number() - 1, .ticket = request.ticket, .ack = ack});
}

void ReplayService::OnSample(const net::Request& request) {
  const auto asked = request.message.Decode<wire::Sample>();
  if (!asked.ok()) return server_->Refuse(request.ticket, asked.error());
  const wire::Sample& message = asked.value();
  std::vector<SampleBatch> batches;
  for (std::int64_t i = 0; i < message.batches; ++i) {
    auto drawn = shard_->Sample({.table = message.table,
                                 .rows = message.rows,
                                 .prioritized = message.prioritized,
                                 .importance_beta = message.importance_beta,
                                 .limited = message.limited});
    if (!drawn.ok()) return server_->Refuse(request.ticket, drawn.error());
    batches.push_back(std::move(drawn).value());
  }
  metrics_.OnSample(message.table, message.rows * message.batches);
  server_->Reply(request.ticket,
                 wire::SampleReply{.rows = message.rows,
                                   .batches = message.batches,
                                   .weighted = message.prioritized,
                                   .state = StateOf(message.table)},
                 net::Frame(wire::EncodeSamples(batches, message.prioritized)));
}

void ReplayService::OnRead(const net::Request& request) {
  const auto asked = request.message.Decode<wire::Read>();
  if (!asked.ok()) return server_->Refuse(request.ticket, asked.error());
  // No reply above half a frame's bound, whatever was asked for: the reader comes again.
  const auto bytes_max = static_cast<std::size_t>(host_.sockets().frame_bytes_max) / 2;
  const auto fit =
      static_cast<std::int64_t>(bytes_max / wire::RowBytes(environment_->transition_shape()));
  const auto read =
      shard_->ReadSince(asked.value().table, asked.value().cursor,
                        std::min(asked.value().rows_max, std::max<std::int64_t>(fit, 1)));
  if (!read.ok()) return server_->Refuse(request.ticket, read.error());
  server_->Reply(request.ticket,
                 wire::ReadReply{.next_cursor = read.value().next_cursor,
                                 .rows_missed = read.value().rows_missed,
                                 .rows = read.value().rows.size(),
                                 .state = StateOf(asked.value().table)},
                 net::Frame(wire::EncodeRows(read.value().rows)));
}

template <class M, class Act>
void ReplayService::OnTable(const net::Request& request, Act act) {
  const auto message = request.message.Decode<M>();
  if (!message.ok()) return server_->Refuse(request.ticket, message.error());
  if (Status done = act(message.value()); !done.ok()) {
    return server_->Refuse(request.ticket, done.error());
  }
  server_->Reply(request.ticket, wire::CountersReply{.state = StateOf(message.value().table)});
}

void ReplayService::OnPriorities(const net::Request& request) {
  OnTable<wire::UpdatePriorities>(request, [&](const wire::UpdatePriorities& message) -> Status {
    const auto priorities = wire::DecodePriorities(message, request.message.payload());
    if (!priorities.ok()) return priorities.error();
    return shard_->UpdatePriorities(message.table, priorities.value().ids,
                                    priorities.value().values);
  });
}

void ReplayService::OnGrant(const net::Request& request) {
  OnTable<wire::Grant>(request, [&](const wire::Grant& message) -> Status {
    return shard_->Grant(message.table, message.order);
  });
}

void ReplayService::OnSetCapacity(const net::Request& request) {
  OnTable<wire::SetCapacity>(request, [&](const wire::SetCapacity& message) {
    return shard_->SetCapacity(message.table, message.capacity);
  });
}

void ReplayService::OnEvictStale(const net::Request& request) {
  OnTable<wire::EvictStale>(request, [&](const wire::EvictStale& message) {
    return shard_->EvictStale(message.table, message.version_min);
  });
}

void ReplayService::OnCounters(const net::Request& request) {
  OnTable<wire::Counters>(request, [&](const wire::Counters& message) -> Status {
    const auto counters = shard_->Counters(message.table);
    return counters.ok() ? Status(Done{}) : Status(counters.error());
  });
}

}  // namespace dyna::replay
