#include "tests/chaos/overseer.hpp"

#include <utility>

#include "tests/chaos/load.hpp"

namespace dyna::chaos {
namespace {

/// Not one of the producers'.
constexpr std::uint32_t kNoProducer = 999;

}  // namespace

Overseer::Overseer(std::uint16_t port, std::uint64_t life, std::uint64_t window)
    : window_(window),
      shard_(std::make_unique<RemoteShard>(
          std::make_unique<net::RequestPipeline>(
              context_, ClientOptions(port, "overseer", life, kNoProducer)),
          RemoteShard::Options{.environment = ChaosEnvironment(),
                               .producer = kNoProducer,
                               .epoch = life,
                               .counters_age = net::Milliseconds(2)})) {}

std::optional<TableCounters> Overseer::Counters() {
  shard_->Poll();
  const auto counters = shard_->Counters(kRealTable);
  if (!counters.ok()) return std::nullopt;
  return counters.value();
}

void Overseer::Turn() {
  const auto now = Counters();
  if (!now || now->granted >= now->inserted + window_ / 2) return;
  (void)shard_->Grant(kRealTable, {.incarnation = now->incarnation,
                                   .grants = now->grants,
                                   .inserted_max = now->inserted + window_});
}

bool Overseer::Read(std::vector<TransitionBatch>& table) {
  shard_->Poll();
  auto read = shard_->ReadSince(kRealTable, cursor_, 2000);
  if (!read.ok()) return false;
  cursor_ = read.value().next_cursor;
  if (read.value().rows.size() == 0) return true;
  table.push_back(std::move(read.value().rows));
  return false;
}

}  // namespace dyna::chaos
