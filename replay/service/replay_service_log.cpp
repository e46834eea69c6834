// What a shard keeps on the disk: how it is found again and when it is written.

#include <array>
#include <utility>

#include "common/core/check.hpp"
#include "common/wire/messages_environment.hpp"
#include "common/wire/messages_replay.hpp"
#include "common/wire/rows_codec.hpp"
#include "replay/replay_options.hpp"
#include "replay/service/replay_service.hpp"

namespace dyna::replay {
namespace {

constexpr const char* kEnvironment = "environment";

}  // namespace

void ReplayService::Restore(const ShardLog::Options& options) {
  log_ = std::make_unique<ShardLog>(
      options,
      ShardLog::Restore{.snapshot = [this](const StateDict& state) { RestoreSnapshot(state); },
                        .message = [this](const wire::Frames& frames) { RestoreMessage(frames); }});
  const ShardLog::Recovered& found = log_->recovered();
  for (const std::string& damage : found.damage) {
    host_.log().Warning("damage", {{"what", damage}});
  }
  if (shard_ == nullptr) return;
  // A shard that is restored takes every row again; one that serves takes what it is granted.
  shard_->EndRestoration();
  for (const std::string& table : options.tables) {
    // The snapshot has the capacity of its own day; this life's is what its config says.
    const std::int64_t capacity =
        ReplayOptions::From(host_.config(), {1, 1}).shard().tables.at(table).capacity;
    DYNA_CHECK(shard_->SetCapacity(table, capacity).ok());
    const TableCounters counters = StateOf(table).counters;
    metrics_.OnRecovered(table, static_cast<std::int64_t>(counters.size));
    host_.log().Info("restored", {{"table", table},
                                  {"rows", counters.size},
                                  {"inserted", counters.inserted},
                                  {"from_snapshot", found.snapshot},
                                  {"messages", found.messages},
                                  {"torn_bytes", found.torn_bytes}});
  }
}

void ReplayService::RestoreSnapshot(const StateDict& state) {
  const auto bytes = state.Get<std::uint8_t>(kEnvironment);
  const std::array<wire::ByteView, 1> frames = {std::as_bytes(std::span(bytes))};
  const auto opened = wire::OpenFrames(frames, 0);
  if (!opened.ok()) throw CheckpointError("a snapshot's environment: " + opened.error().message);
  RestoreMessage(opened.value());
  for (const auto& [name, table] : ReplayOptions::From(host_.config(), {1, 1}).shard().tables) {
    if (!state.Has("table/" + name + "/producers/producer")) continue;
    shard_->LoadTable(name, state.Sub("table/" + name + "/rows/"));
    producers_.Load(name, state.Sub("table/" + name + "/producers/"));
    // What the rows have led to is the snapshot's; how many there may be is this process' config.
    // The synthetic table's capacity is told by those who fill it.
    if (name == kRealTable) (void)shard_->SetCapacity(name, table.capacity);
  }
}

void ReplayService::RestoreMessage(const wire::Frames& frames) {
  const auto must = [](const auto& result) {
    if (!result.ok()) throw OperatorError("a logged message: " + result.error().message);
  };
  if (frames.envelope.type == wire::MessageType::kEnvironment) {
    auto told = wire::Decode<wire::Environment>(frames);
    must(told);
    if (environment_) return;
    environment_ = std::move(told.value().spec);
    return MakeShard(*environment_, /*granted=*/false);
  }
  const auto append = wire::Decode<wire::Append>(frames);
  must(append);
  if (!environment_) throw OperatorError("a logged message: rows before their environment");
  const auto rows =
      wire::DecodeRows(frames.payload, append.value().rows, environment_->transition_shape());
  must(rows);
  must(shard_->Append(append.value().table, rows.value()));
  producers_.Took(append.value());
}

void ReplayService::SaveSnapshot() {
  StateDict state;
  wire::Bytes environment;
  wire::EncodeHead(wire::Environment{.spec = *environment_}, 0, {}, environment);
  state.Put(kEnvironment, std::span(reinterpret_cast<const std::uint8_t*>(environment.data()),
                                    environment.size()));
  for (const auto& [name, table] : ReplayOptions::From(host_.config(), {1, 1}).shard().tables) {
    if (!keeps(name)) continue;
    StateDict rows;
    StateDict producers;
    shard_->SaveTable(name, rows);
    producers_.Save(name, producers);
    state.Merge("table/" + name + "/rows/", std::move(rows));
    state.Merge("table/" + name + "/producers/", std::move(producers));
  }
  log_->Snapshot(state);
}

void ReplayService::SendDurableAcks() {
  log_->writer().ClearNews();
  const std::uint64_t durable = log_->durable();
  while (!held_acks_.empty() && held_acks_.front().number < durable) {
    server_->Reply(held_acks_.front().ticket, held_acks_.front().ack);
    held_acks_.pop_front();
  }
}

void ReplayService::WatchDisk() {
  for (const double seconds : log_->writer().TakeSyncSeconds()) metrics_.OnSync(seconds);
  metrics_.ShowWaiting(log_->writer().waiting_bytes());
  const auto trouble = log_->writer().trouble();
  if (trouble) {
    host_.states().Enter("waiting_for_disk", trouble->message);
  } else {
    host_.states().Enter("serving");
  }
}

}  // namespace dyna::replay
