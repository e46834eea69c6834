#include "tests/chaos/load.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace dyna::chaos {
namespace {

/// Of producers that were replaced and go on.
constexpr std::size_t kGhostsMax = 4;

}  // namespace

net::RequestPipeline::Options ClientOptions(std::uint16_t port, const std::string& instance,
                                            std::uint64_t incarnation, std::uint32_t producer) {
  net::RequestPipeline::Options options;
  options.connection.endpoint =
      net::ConnectEndpoint("chaos", "tcp://127.0.0.1:" + std::to_string(port));
  options.connection.backoff = {.first = net::Milliseconds(1), .max = net::Milliseconds(20)};
  options.connection.hello = {.client = {.role = wire::Role::kActor,
                                         .instance = instance,
                                         .run = "r",
                                         .environment = ChaosEnvironment().name,
                                         .shape = ChaosEnvironment().transition_shape(),
                                         .discrete = false,
                                         .incarnation = incarnation},
                              .producer = producer};
  return options;
}

Load::Load(const Options& options, Ledger& ledger, Rng rng)
    : options_(options), ledger_(ledger), rng_(rng) {
  for (std::uint32_t id = 1; id <= options_.producers; ++id) producers_.push_back(Make(id, 1));
}

Load::Producer Load::Make(std::uint32_t id, std::uint64_t epoch) {
  const auto pipeline = ClientOptions(options_.port, "actor-" + std::to_string(id), epoch, id);
  return {
      .id = id,
      .epoch = epoch,
      .shard = std::make_unique<RemoteShard>(
          std::make_unique<net::RequestPipeline>(context_, pipeline),
          RemoteShard::Options{.environment = ChaosEnvironment(), .producer = id, .epoch = epoch})};
}

void Load::Replace(Producer& producer) {
  ++deaths_;
  Producer next = Make(producer.id, producer.epoch + 1);
  std::swap(producer, next);
  // As a process that hung and is taken for dead goes on when it wakes up.
  if (rng_.Below(2) == 0) ghosts_.push_back(std::move(next));
  if (ghosts_.size() > kGhostsMax) ghosts_.erase(ghosts_.begin());
}

void Load::Turn(Producer& producer) {
  Ledger::Account& account = ledger_.of(producer.id, producer.epoch);
  for (int i = 0; i < 4 && !paused_; ++i) {
    const auto rows =
        1 + static_cast<std::int64_t>(rng_.Below(static_cast<std::uint64_t>(options_.rows_max)));
    const Status pushed = producer.shard->Append(
        kRealTable, MakeRows(producer.id, producer.epoch, account.sent, rows));
    if (!pushed.ok()) {
      producer.fenced = pushed.error().code == ErrorCode::kVersionMismatch;
      break;
    }
    account.sent += static_cast<std::uint64_t>(rows);
    account.batches.insert(account.sent);
  }
  producer.shard->Poll();
  account.acked = std::max(account.acked, producer.shard->acknowledged(kRealTable));
}

void Load::Turn() {
  const std::uint64_t before = ledger_.rows_acked() + ledger_.rows_sent();
  for (Producer& producer : producers_) {
    Turn(producer);
    // A producer that is fenced before it was replaced is a bug: it stays as it is and hangs.
    if (!paused_ && rng_.Uniform() < options_.deaths_per_turn) Replace(producer);
  }
  for (Producer& ghost : ghosts_) Turn(ghost);
  fenced_ += std::erase_if(ghosts_, [](const Producer& ghost) { return ghost.fenced; });
  if (ledger_.rows_acked() + ledger_.rows_sent() != before) return;
  std::vector<const net::Pollable*> sources;
  for (const Producer& producer : producers_) sources.push_back(&producer.shard->pipeline());
  net::WaitForAny(sources, net::Milliseconds(1));
}

bool Load::flushed() const {
  return std::all_of(producers_.begin(), producers_.end(),
                     [](const Producer& producer) { return producer.shard->flushed(); });
}

}  // namespace dyna::chaos
