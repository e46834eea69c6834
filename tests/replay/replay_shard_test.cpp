#include "replay/replay_shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/replay/replay_testing.hpp"

namespace dyna::replay {
namespace {

using testing::HasSubstr;

TEST(ReplayShardTest, ABadBatchChangesNothing) {
  ReplayShard shard(OneTable({.capacity = 8, .shape = kTestShape, .prioritized = true}), 1);
  ASSERT_TRUE(shard.Append("t", MarkedRows(0, 3)).ok());
  const StateDict before = Saved(shard);
  const std::vector<std::function<void(TransitionBatch&)>> faults = {
      [](TransitionBatch& rows) { rows.obs(1, 2) = std::nanf(""); },
      [](TransitionBatch& rows) { rows.action(0, 0) = HUGE_VALF; },
      [](TransitionBatch& rows) { rows.reward[1] = -HUGE_VALF; },
      [](TransitionBatch& rows) { rows.next_obs(1, 0) = std::nanf(""); },
      [](TransitionBatch& rows) { rows.terminated[1] = 0.5F; },
      [](TransitionBatch& rows) { rows.truncated[0] = std::nanf(""); },
      [](TransitionBatch& rows) { rows.obs.conservativeResize(2, 4); },
      [](TransitionBatch& rows) { rows.action.conservativeResize(2, 1); },
      [](TransitionBatch& rows) { rows.next_obs.conservativeResize(2, 2); },
      [](TransitionBatch& rows) { rows.obs.conservativeResize(1, 3); },
      [](TransitionBatch& rows) { rows.reward.conservativeResize(1); },
      [](TransitionBatch& rows) { rows.truncated.resize(0); },
      [](TransitionBatch& rows) { rows.provenance.pop_back(); },
  };
  for (std::size_t fault = 0; fault < faults.size(); ++fault) {
    TransitionBatch rows = MarkedRows(3, 2);
    faults[fault](rows);
    const Status status = shard.Append("t", rows);
    ASSERT_FALSE(status.ok()) << "fault " << fault;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
    EXPECT_TRUE(Saved(shard) == before) << "fault " << fault;
  }
  EXPECT_TRUE(shard.Append("t", TransitionBatch::Zeros(0, kTestShape)).ok());
  EXPECT_TRUE(Saved(shard) == before);
}

TEST(ReplayShardTest, ABadRequestIsRefusedAndChangesNothing) {
  ReplayShard shard(OneTable({.capacity = 8, .shape = kTestShape}), 1);
  ASSERT_TRUE(shard.Append("t", MarkedRows(0, 3)).ok());
  const StateDict before = Saved(shard);
  const auto code = [](const auto& result) { return result.error().code; };
  constexpr auto kInvalid = ErrorCode::kInvalidArgument;
  EXPECT_EQ(code(shard.Sample({.table = "t", .rows = 0})), kInvalid);
  EXPECT_EQ(code(shard.Sample({.table = "t", .rows = 1LL << 40})), kInvalid);
  EXPECT_EQ(code(shard.Sample({.table = "t", .rows = 1, .prioritized = true})), kInvalid);
  EXPECT_EQ(code(shard.ReadSince("t", 4, 1)), kInvalid);
  EXPECT_EQ(code(shard.ReadSince("t", 0, 0)), kInvalid);
  EXPECT_EQ(code(shard.SetCapacity("t", 0)), kInvalid);
  EXPECT_EQ(code(shard.SetCapacity("t", kCapacityMax + 1)), kInvalid);
  EXPECT_EQ(code(shard.UpdatePriorities("t", {1}, {1.0})), kInvalid);
  EXPECT_TRUE(Saved(shard) == before);
}

TEST(ReplayShardTest, AnUnknownTableIsNotFoundByAnyOperation) {
  ReplayShard shard(OneTable({.capacity = 8, .shape = kTestShape}), 1);
  const auto expect = [](const Error& error) {
    EXPECT_EQ(error.code, ErrorCode::kNotFound);
    EXPECT_EQ(error.message, "no replay table 'x' among 't'");
  };
  expect(shard.Append("x", MarkedRows(0, 1)).error());
  expect(shard.Sample({.table = "x", .rows = 1}).error());
  expect(shard.ReadSince("x", 0, 1).error());
  expect(shard.UpdatePriorities("x", {}, {}).error());
  expect(shard.SetCapacity("x", 1).error());
  expect(shard.EvictStale("x", 1).error());
  expect(shard.Counters("x").error());
}

TEST(ReplayShardTest, RefusesOptionsThatCannotWork) {
  const auto refuse = [](const ReplayShard::Options& options, const std::string& part) {
    try {
      ReplayShard shard(options, 1);
      ADD_FAILURE() << "accepted: " << part;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(part));
    }
  };
  const TableOptions good{.capacity = 8, .shape = kTestShape};
  TableOptions bad = good;
  bad.capacity = 0;
  refuse(OneTable(bad), "capacity = 0");
  bad = good;
  bad.shape.action_columns = 0;
  refuse(OneTable(bad), "0 action columns");
  bad = good;
  bad.priority_alpha = 1.5;
  refuse(OneTable(bad), "priority_alpha = 1.5");
  bad = good;
  bad.limiter.min_size_to_sample = 9;
  refuse(OneTable(bad), "min_size_to_sample = 9");

  TableOptions driven = good;
  driven.limiter.driver = "real";
  driven.limiter.rows_per_driver_row = 0.5;
  refuse(OneTable(driven), "driver = 'real' is not a table");
  refuse({.tables = {{"real", driven}}}, "itself");
  // 'real' takes only 4 rows before it waits for a learner: 0.5 * 4 rows are too few for 3.
  TableOptions real = good;
  real.limiter = {.samples_per_insert = 1.0,
                  .min_size_to_sample = 4,
                  .samples_slack = 4.0,
                  .inserts_slack = 4.0,
                  .sample_rows_max = 4,
                  .insert_rows_max = 4};
  driven.limiter.min_size_to_sample = 3;
  refuse({.tables = {{"real", real}, {"synthetic", driven}}}, "first 4 rows of 'real'");
  driven.limiter.driver_slack = 1.0;
  EXPECT_NO_THROW(ReplayShard({.tables = {{"real", real}, {"synthetic", driven}}}, 1));
}

TEST(ReplayShardTest, ReadsThatAreNotLearningNeitherWaitNorCount) {
  TableOptions options{.capacity = 8, .shape = kTestShape};
  options.limiter.min_size_to_sample = 4;
  ReplayShard shard(OneTable(options), 1);
  const SampleRequest unlimited{.table = "t", .rows = 3, .limited = false};
  EXPECT_EQ(shard.Sample(unlimited).error().code, ErrorCode::kBackpressure) << "empty";
  ASSERT_TRUE(shard.Append("t", MarkedRows(0, 2)).ok());
  EXPECT_TRUE(shard.Sample(unlimited).ok());
  const Error waits = shard.Sample({.table = "t", .rows = 3}).error();
  EXPECT_EQ(waits.code, ErrorCode::kBackpressure);
  EXPECT_EQ(waits.message, "replay table 't': min_size_to_sample: 2 rows held of 4");
  EXPECT_EQ(CountersOf(shard).sampled, 0U);
}

TEST(ReplayShardTest, CapacityNeverFallsBelowTheMinimumSizeToSample) {
  TableOptions options{.capacity = 8, .shape = kTestShape};
  options.limiter.min_size_to_sample = 4;
  ReplayShard shard(OneTable(options), 1);
  EXPECT_FALSE(shard.SetCapacity("t", 3).ok());
  EXPECT_TRUE(shard.SetCapacity("t", 4).ok());
}

TEST(ReplayShardTest, SyntheticRowsNeverExceedTheirShareOfRealRows) {
  TableOptions real{.capacity = 100, .shape = kTestShape};
  TableOptions synthetic = real;
  synthetic.limiter.driver = kRealTable;
  synthetic.limiter.rows_per_driver_row = 2.5;
  synthetic.limiter.driver_slack = 4.0;
  const ReplayShard::Options options{.tables = {{kRealTable, real}, {kSyntheticTable, synthetic}}};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Rng rng(seed, "test");
    auto shard = std::make_unique<ReplayShard>(options, seed);
    for (int step = 0; step < 300; ++step) {
      const auto rows = static_cast<std::int64_t>(1 + rng.Below(4));
      if (rng.Below(3) == 0) {
        ASSERT_TRUE(shard->Append(kRealTable, MarkedRows(0, rows)).ok());
      }
      const Status status = shard->Append(kSyntheticTable, MarkedRows(0, rows, 1));
      const auto made = static_cast<double>(CountersOf(*shard, kSyntheticTable).inserted);
      const double bound = 2.5 * static_cast<double>(CountersOf(*shard, kRealTable).inserted) + 4.0;
      ASSERT_LE(made, bound);
      ASSERT_TRUE(status.ok() || made + static_cast<double>(rows) > bound) << "waits for nothing";
      if (rng.Below(50) == 0) {  // a restart gives no credit
        const StateDict state = Saved(*shard);
        shard = std::make_unique<ReplayShard>(options, seed);
        shard->Load(state);
      }
    }
  }
}

TEST(ReplayShardTest, RefusesAForeignCheckpointAndKeepsItsState) {
  const TableOptions options{.capacity = 8, .shape = kTestShape};
  ReplayShard shard(OneTable(options), 1);
  ASSERT_TRUE(shard.Append("t", MarkedRows(0, 3)).ok());
  const StateDict good = Saved(shard);
  const ReplayShard other({.tables = {{"t", options}, {"u", options}}}, 1);
  EXPECT_THROW(shard.Load(Saved(other)), CheckpointError);
  EXPECT_THROW(shard.Load(StateDict()), CheckpointError);
  for (const auto& [left_out, array] : good.arrays()) {
    StateDict torn;
    for (const auto& [name, kept] : good.arrays()) {
      if (name != left_out) torn.PutRaw(name, kept);
    }
    EXPECT_THROW(shard.Load(torn), CheckpointError) << left_out;
    EXPECT_TRUE(Saved(shard) == good) << left_out;
  }
  StateDict uneven = good;
  uneven.Put("t/limiter/counts", std::vector<std::uint64_t>{4, 0, 1, 0, 0, 0});
  EXPECT_THROW(shard.Load(uneven), CheckpointError);
}

TEST(ReplayShardTest, AnotherTableShiftsNoDraws) {
  const TableOptions options{.capacity = 80, .shape = kTestShape};
  ReplayShard one(OneTable(options), 9);
  ReplayShard two({.tables = {{"a", options}, {"t", options}}}, 9);
  ASSERT_TRUE(one.Append("t", MarkedRows(0, 80)).ok());
  ASSERT_TRUE(two.Append("t", MarkedRows(0, 80)).ok());
  ASSERT_TRUE(two.Append("a", MarkedRows(0, 80)).ok());
  ASSERT_TRUE(two.Sample({.table = "a", .rows = 5}).ok());
  EXPECT_EQ(one.Sample({.table = "t", .rows = 20}).value().ids,
            two.Sample({.table = "t", .rows = 20}).value().ids);
}

}  // namespace
}  // namespace dyna::replay
