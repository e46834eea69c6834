#include "tests/learner/pacing/pacing_world.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace dyna::learner {
namespace {

constexpr TransitionShape kShape{.obs_columns = 1, .action_columns = 1};
constexpr const char* kTables[] = {kRealTable, kSyntheticTable};

ShardTag Tag(std::size_t shard) { return static_cast<ShardTag>(shard); }

}  // namespace

PacingWorld::PacingWorld(const Options& options, std::uint64_t seed)
    : options_(options),
      rng_(seed, "pacing-world"),
      pacer_(std::make_unique<Pacer>(options.pacer)),
      limit_({.updates_per_step = options.pacer.updates_per_step,
              .learning_starts = options.pacer.learning_starts}) {
  for (int k = 0; k < options.shards; ++k) AddShard();
  for (int i = 0; i < options.actors + options.imaginers; ++i) {
    producers_.push_back({.table = i < options.actors ? kRealTable : kSyntheticTable});
    NextBatch(producers_.back());
  }
  pacer_->Save(checkpoint_);
}

std::unique_ptr<replay::ReplayShard> PacingWorld::NewCore(std::uint64_t life) const {
  const replay::TableOptions table{.capacity = 50, .shape = kShape, .granted = true};
  return std::make_unique<replay::ReplayShard>(
      replay::ReplayShard::Options{.tables = {{kRealTable, table}, {kSyntheticTable, table}},
                                   .incarnation = life},
      7);
}

void PacingWorld::AddShard() {
  Shard shard{.core = NewCore(1)};
  shard.core->Save(shard.durable);
  shards_.push_back(std::move(shard));
}

void PacingWorld::NextBatch(Producer& producer) {
  const auto& options = options_.pacer;
  const std::int64_t rows_max = producer.table == kRealTable ? options.real_append_rows_max
                                                             : options.synthetic_append_rows_max;
  producer.rows = 1 + static_cast<std::int64_t>(rng_.Below(static_cast<std::uint64_t>(rows_max)));
  // A new episode, now and then, may go elsewhere.
  if (rng_.Below(5) == 0) producer.shard = rng_.Below(shards_.size());
}

void PacingWorld::Append(Producer& producer) {
  auto& core = *shards_[producer.shard].core;
  const auto rows = TransitionBatch::Zeros(producer.rows, kShape);
  if (!core.Append(producer.table, rows).ok()) return;
  appended_[producer.table] += static_cast<std::uint64_t>(producer.rows);
  ++producer.appends;
  NextBatch(producer);
}

void PacingWorld::Report(std::size_t shard) {
  if (!shards_[shard].reachable) return;
  for (const char* table : kTables) {
    Send({.to_shard = false,
          .shard = shard,
          .life = shards_[shard].life,
          .learner = learner_,
          .table = table,
          .counters = shards_[shard].core->Counters(table).value()});
  }
}

void PacingWorld::SendOrders() {
  for (const Pacer::Order& order : pacer_->Orders(updates_ + limit_.forgone())) {
    ++orders_sent_;
    if (!shards_[order.shard].reachable) continue;
    Send({.to_shard = true,
          .shard = order.shard,
          .life = shards_[order.shard].life,
          .learner = learner_,
          .table = order.table,
          .order = order.grant});
  }
}

void PacingWorld::Send(const Message& message) {
  if (healed_) {
    Deliver(message);
    return;
  }
  const std::uint64_t luck = rng_.Below(10);
  if (luck < 2) return;  // lost
  // Delays are long against the time between messages, not without end.
  if (network_.size() > 12) DeliverOne();
  if (luck == 2) network_.push_back(message);  // twice
  network_.push_back(message);
}

void PacingWorld::Deliver(const Message& message) {
  Shard& shard = shards_[message.shard];
  if (message.to_shard) {
    // An order reaches the shard even if its learner is gone, but not another life of the shard:
    // what the core must refuse by itself is tested by letting some through.
    if (message.life != shard.life && rng_.Below(2) == 0) return;
    (void)shard.core->Grant(message.table, message.order);
  } else if (message.learner == learner_) {
    const std::size_t known = pacer_->tables();
    pacer_->OnReport(message.table, Tag(message.shard), message.counters);
    if (pacer_->tables() > known) {
      checkpoint_ = {};
      pacer_->Save(checkpoint_);
    }
  }
}

void PacingWorld::DeliverOne() {
  if (network_.empty()) return;
  const std::size_t pick = rng_.Below(network_.size());  // any order at all
  std::swap(network_[pick], network_.back());
  const Message message = std::move(network_.back());
  network_.pop_back();
  Deliver(message);
}

void PacingWorld::Update() {
  allowed_max_ = std::max(allowed_max_, pacer_->allowed(kRealTable, updates_ + limit_.forgone()));
  if (limit_.Admit(updates_, pacer_->inserted(kRealTable)).ok()) ++updates_;
  allowed_max_ = std::max(allowed_max_, pacer_->allowed(kRealTable, updates_ + limit_.forgone()));
}

void PacingWorld::RestartShard(std::size_t k) {
  Shard& shard = shards_[k];
  shard.core = NewCore(++shard.life);
  if (rng_.Below(3) != 0) shard.core->Load(shard.durable);  // else a shard without a disk
  shard.durable = {};
  shard.core->Save(shard.durable);
}

void PacingWorld::RestartLearner() {
  ++learner_;
  pacer_ = std::make_unique<Pacer>(options_.pacer);
  pacer_->Load(checkpoint_);
  updates_ = checkpoint_updates_;
}

void PacingWorld::Disturb() {
  const std::size_t k = rng_.Below(shards_.size());
  const std::uint64_t event = rng_.Below(1000);
  if (event < 350) {
    Append(producers_[rng_.Below(producers_.size())]);
  } else if (event < 500) {
    Report(k);
  } else if (event < 600) {
    SendOrders();
  } else if (event < 850) {
    DeliverOne();
  } else if (event < 960) {
    Update();
  } else if (event < 970) {
    shards_[k].durable = {};
    shards_[k].core->Save(shards_[k].durable);
  } else if (event < 976) {
    RestartShard(k);
  } else if (event < 986) {
    shards_[k].reachable = rng_.Below(4) != 0;
    if (!shards_[k].reachable) pacer_->OnSilence(Tag(k));
  } else if (event < 988) {
    if (shards_.size() < 8) AddShard();
  } else if (event < 993) {
    checkpoint_ = {};
    pacer_->Save(checkpoint_);
    checkpoint_updates_ = updates_;
  } else if (event < 995 && options_.learner_restarts) {
    RestartLearner();
  }
}

void PacingWorld::Heal() {
  for (Shard& shard : shards_) shard.reachable = true;
  healed_ = true;
  while (!network_.empty()) DeliverOne();  // what was still on its way arrives last
}

void PacingWorld::Round() {
  for (std::size_t k = 0; k < shards_.size(); ++k) Report(k);
  SendOrders();
  for (Producer& producer : producers_) Append(producer);
  for (int i = 0; i < 25; ++i) Update();
}

std::uint64_t PacingWorld::Inserted(const std::string& table) const {
  std::uint64_t rows = 0;
  for (const Shard& shard : shards_) rows += shard.core->Counters(table).value().inserted;
  return rows;
}

std::string PacingWorld::Broken() const {
  std::ostringstream out;
  const auto limit = [&out](const char* what, double value, double bound) {
    if (value > bound + 1e-6) out << what << ": " << value << " > " << bound << "; ";
  };
  const Pacer::Options& o = options_.pacer;
  const auto real = static_cast<double>(appended_.at(kRealTable));
  const std::uint64_t allowed =
      std::max(allowed_max_, pacer_->allowed(kRealTable, updates_ + limit_.forgone()));
  limit("real rows", static_cast<double>(Inserted(kRealTable)), static_cast<double>(allowed));
  limit("real rows as counted", static_cast<double>(pacer_->inserted(kRealTable)),
        static_cast<double>(allowed));
  limit("updates", static_cast<double>(updates_),
        std::max(0.0, o.updates_per_step * (real - static_cast<double>(o.learning_starts))));
  limit("synthetic rows", static_cast<double>(Inserted(kSyntheticTable)),
        o.synthetic_per_real * std::max(0.0, real - static_cast<double>(o.synthetic_skipped)) +
            static_cast<double>(o.synthetic_slack));
  return out.str();
}

}  // namespace dyna::learner
