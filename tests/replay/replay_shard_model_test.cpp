// Model-based: a shard must agree with a plain deque after any number of random operations.

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <set>

#include "tests/replay/replay_testing.hpp"

namespace dyna::replay {
namespace {

struct ModelRow {
  std::uint64_t id = 0;
  std::uint64_t version = 0;
};

/// What a table should hold, said in the slowest and plainest way.
class DequeModel {
 public:
  explicit DequeModel(std::int64_t capacity) : capacity_(static_cast<std::size_t>(capacity)) {}

  void Append(std::uint64_t version) {
    if (version < version_min_) {
      ++evicted_stale;
    } else {
      rows.push_back({inserted, version});
    }
    ++inserted;
    Trim();
  }
  void SetCapacity(std::int64_t capacity) {
    capacity_ = static_cast<std::size_t>(capacity);
    Trim();
  }
  void EvictStale(std::uint64_t version_min) {
    version_min_ = std::max(version_min_, version_min);
    const auto size = rows.size();
    std::erase_if(rows, [this](const ModelRow& row) { return row.version < version_min_; });
    evicted_stale += size - rows.size();
  }
  bool Holds(std::uint64_t id) const {
    return std::any_of(rows.begin(), rows.end(), [id](const auto& row) { return row.id == id; });
  }

  /// Whether the table may take `count` more rows.
  bool Admits(std::int64_t count) const {
    return count == 0 || inserted + static_cast<std::uint64_t>(count) <= granted;
  }

  std::deque<ModelRow> rows = {};
  std::uint64_t granted = kRowsUnlimited;
  std::uint64_t grants = 0;
  std::uint64_t inserted = 0;
  std::uint64_t evicted_capacity = 0;
  std::uint64_t evicted_stale = 0;

 private:
  void Trim() {
    while (rows.size() > capacity_) {
      rows.pop_front();
      ++evicted_capacity;
    }
  }
  std::size_t capacity_;
  std::uint64_t version_min_ = 0;
};

class ModelTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  static constexpr std::int64_t kCapacity = 40;

  ModelTest() : rng_(GetParam(), "model-test"), model_(kCapacity), shard_(NewShard()) {
    if (needs_grants()) model_.granted = 0;
  }

  bool needs_grants() const { return GetParam() % 2 == 1; }

  std::unique_ptr<ReplayShard> NewShard() const {
    ReplayShard::Options options = OneTable({.capacity = kCapacity,
                                             .shape = kTestShape,
                                             .prioritized = true,
                                             .granted = needs_grants()});
    options.incarnation = life_;
    return std::make_unique<ReplayShard>(options, GetParam());
  }

  void Append() {
    // Now and then larger than the table; workers interleave, so versions go back and forth.
    const auto count = static_cast<std::int64_t>(rng_.Below(rng_.Below(8) == 0 ? 120 : 12));
    TransitionBatch rows = TransitionBatch::Zeros(count, kTestShape);
    if (!model_.Admits(count)) {
      ASSERT_EQ(shard_->Append("t", rows).error().code, ErrorCode::kBackpressure);
      ASSERT_EQ(CountersOf(*shard_).wanted, model_.inserted + static_cast<std::uint64_t>(count));
      return;
    }
    for (std::int64_t row = 0; row < count; ++row) {
      const std::uint64_t version = version_ + 3 - rng_.Below(4);
      FillRow(rows, row, static_cast<int>(model_.inserted), version);
      model_.Append(version);
    }
    ASSERT_TRUE(shard_->Append("t", rows).ok());
  }

  /// A grant for more or fewer rows, now and then one that comes too late.
  void Grant() {
    const GrantOrder order{.incarnation = life_ - (rng_.Below(8) == 0 ? 1 : 0),
                           .grants = model_.grants + (rng_.Below(8) == 0 ? 1 : 0),
                           .inserted_max = model_.inserted + rng_.Below(400)};
    const bool based = order.incarnation == life_ && order.grants == model_.grants;
    if (based) {
      ++model_.grants;
      model_.granted = order.inserted_max;
    }
    ASSERT_EQ(shard_->Grant("t", order).ok(), based);
  }

  void SetCapacity() {
    const auto capacity = static_cast<std::int64_t>(1 + rng_.Below(70));
    model_.SetCapacity(capacity);
    ASSERT_TRUE(shard_->SetCapacity("t", capacity).ok());
  }

  void EvictStale() {
    version_ += rng_.Below(3);
    const std::uint64_t version_min = version_ - std::min<std::uint64_t>(version_, rng_.Below(3));
    model_.EvictStale(version_min);
    ASSERT_TRUE(shard_->EvictStale("t", version_min).ok());
  }

  void UpdatePriorities() {
    std::vector<std::uint64_t> ids;
    std::vector<double> priorities;
    for (int row = 0; row < 8; ++row) {
      ids.push_back(rng_.Below(model_.inserted + 1));
      priorities.push_back(rng_.Below(4) == 0 ? 0.0 : rng_.Uniform(0.0, 5.0));
      if (priorities.back() == 0.0) {
        zero_.insert(ids.back());
      } else {
        zero_.erase(ids.back());
      }
    }
    std::erase_if(zero_, [this](std::uint64_t id) { return !model_.Holds(id); });
    ASSERT_TRUE(shard_->UpdatePriorities("t", ids, priorities).ok());
  }

  void Sample(bool prioritized) {
    const auto sample = shard_->Sample({.table = "t", .rows = 16, .prioritized = prioritized});
    if (!sample.ok()) {
      const bool none = std::all_of(model_.rows.begin(), model_.rows.end(),
                                    [this](const auto& row) { return zero_.contains(row.id); });
      ASSERT_TRUE(prioritized ? none : model_.rows.empty());
      return;
    }
    for (std::int64_t row = 0; row < 16; ++row) {
      const std::uint64_t id = sample.value().ids[static_cast<std::size_t>(row)];
      ASSERT_TRUE(model_.Holds(id)) << "row " << id << " is gone, yet was sampled";
      ASSERT_FALSE(prioritized && zero_.contains(id)) << "row " << id << " has priority 0";
      ASSERT_EQ(MarkOf(sample.value().rows, row), static_cast<int>(id));
      ASSERT_TRUE(RowIntact(sample.value().rows, row));
    }
  }

  /// Reads from a cursor of its own: every row once and in order, or counted as missed.
  void Read() {
    const auto rows_max = static_cast<std::int64_t>(1 + rng_.Below(50));
    const auto read = shard_->ReadSince("t", cursor_, rows_max).value();
    std::vector<ModelRow> expected;
    for (const ModelRow& row : model_.rows) {
      if (row.id >= cursor_ && std::ssize(expected) < rows_max) expected.push_back(row);
    }
    ASSERT_EQ(read.rows.size(), std::ssize(expected));
    for (std::int64_t row = 0; row < read.rows.size(); ++row) {
      const ModelRow& wanted = expected[static_cast<std::size_t>(row)];
      ASSERT_EQ(MarkOf(read.rows, row), static_cast<int>(wanted.id));
      ASSERT_EQ(read.rows.provenance[static_cast<std::size_t>(row)].model_version, wanted.version);
      ASSERT_TRUE(RowIntact(read.rows, row));
    }
    ASSERT_EQ(read.next_cursor - cursor_,
              read.rows_missed + static_cast<std::uint64_t>(read.rows.size()));
    if (!expected.empty()) {
      ASSERT_GT(read.next_cursor, expected.back().id);
    }
    cursor_ = read.next_cursor;
    read_ += static_cast<std::uint64_t>(read.rows.size());
    missed_ += read.rows_missed;
  }

  /// Save, load into a new shard, and go on with that one.
  void Restart() {
    const StateDict state = Saved(*shard_);
    ++life_;
    restored_ = model_.inserted;
    model_.grants = 0;
    model_.granted = needs_grants() ? model_.inserted : kRowsUnlimited;
    std::unique_ptr<ReplayShard> loaded = NewShard();
    loaded->Load(state);
    ASSERT_TRUE(Saved(*loaded) == state);
    shard_.swap(loaded);
  }

  void CheckCounters() {
    const TableCounters counters = CountersOf(*shard_);
    ASSERT_EQ(counters.size, std::ssize(model_.rows));
    ASSERT_EQ(counters.inserted, model_.inserted);
    ASSERT_EQ(counters.evicted_stale + counters.evicted_capacity,
              model_.inserted - model_.rows.size());
    ASSERT_EQ(counters.evicted_capacity, model_.evicted_capacity);
    ASSERT_EQ(counters.evicted_stale, model_.evicted_stale);
    ASSERT_EQ(counters.incarnation, life_);
    ASSERT_EQ(counters.restored, restored_);
    ASSERT_EQ(counters.grants, model_.grants);
    ASSERT_EQ(counters.granted, model_.granted);
  }

  void Operate() {
    switch (rng_.Below(13)) {
      case 0:
        return SetCapacity();
      case 1:
        return EvictStale();
      case 2:
        return Restart();
      case 3:
      case 4:
        return UpdatePriorities();
      case 5:
        return Sample(false);
      case 6:
        return Sample(true);
      case 7:
      case 8:
        return Read();
      case 9:
        return Grant();
      default:
        return Append();
    }
  }

  Rng rng_;
  DequeModel model_;
  std::uint64_t life_ = 1;
  std::uint64_t restored_ = 0;
  std::unique_ptr<ReplayShard> shard_;
  std::uint64_t version_ = 0;
  std::set<std::uint64_t> zero_ = {};  ///< rows of priority 0
  std::uint64_t cursor_ = 0;
  std::uint64_t read_ = 0;
  std::uint64_t missed_ = 0;
};

TEST_P(ModelTest, AgreesWithADeque) {
  for (int step = 0; step < 600; ++step) {
    SCOPED_TRACE(testing::Message() << "seed=" << GetParam() << " step=" << step);
    Operate();
    if (!HasFatalFailure()) CheckCounters();
    if (HasFatalFailure()) return;
  }
  while (cursor_ < model_.inserted && !HasFatalFailure()) Read();
  EXPECT_EQ(read_ + missed_, model_.inserted);
}

TEST_P(ModelTest, ALoadedShardContinuesBitForBit) {
  for (int step = 0; step < 150 && !HasFatalFailure(); ++step) Operate();
  std::unique_ptr<ReplayShard> original = NewShard();
  original->Load(Saved(*shard_));
  const Rng rng = rng_;
  const DequeModel model = model_;
  // The same operations on the shard that was never saved and on the loaded one.
  const auto run = [&] {
    rng_ = rng;
    model_ = model;
    zero_.clear();
    // What a granted table may still take is not restored: somebody grants it anew.
    model_.granted = kRowsUnlimited;
    EXPECT_TRUE(shard_
                    ->Grant("t", {.incarnation = life_,
                                  .grants = CountersOf(*shard_).grants,
                                  .inserted_max = kRowsUnlimited})
                    .ok());
    StateDict trace;
    for (int step = 0; step < 60; ++step) {
      Append();
      UpdatePriorities();
      if (rng_.Below(5) == 0) SetCapacity();
      const auto sample =
          shard_->Sample({.table = "t", .rows = 32, .prioritized = true, .importance_beta = 0.4});
      if (!sample.ok()) continue;
      trace.Put("ids" + std::to_string(step), sample.value().ids);
      trace.Put("weights" + std::to_string(step),
                std::vector<float>(sample.value().weights.begin(), sample.value().weights.end()));
    }
    trace.Merge("end/", Saved(*shard_));
    return trace;
  };
  const StateDict expected = run();
  shard_.swap(original);
  EXPECT_TRUE(run() == expected) << "seed=" << GetParam();
  EXPECT_GT(expected.arrays().size(), 60U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest, testing::Range<std::uint64_t>(0, 30));

}  // namespace
}  // namespace dyna::replay
