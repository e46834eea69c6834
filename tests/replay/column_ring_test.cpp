#include "replay/column_ring.hpp"

#include <gtest/gtest.h>

#include "tests/replay/replay_testing.hpp"

namespace dyna::replay {
namespace {

std::vector<int> LiveMarks(const ColumnRing& ring) {
  std::vector<std::int64_t> slots;
  for (std::int64_t k = 0; k < ring.size(); ++k) slots.push_back(ring.SlotAt(k));
  const TransitionBatch rows = ring.Gather(slots);
  std::vector<int> marks;
  for (std::int64_t row = 0; row < rows.size(); ++row) {
    EXPECT_TRUE(RowIntact(rows, row)) << "row " << row;
    marks.push_back(MarkOf(rows, row));
  }
  return marks;
}

class ColumnRingTest : public testing::Test {
 protected:
  NoObserver observer_;
  ColumnRing ring_{kTestShape, 4};
};

TEST_F(ColumnRingTest, KeepsTheNewestRowsWhenFull) {
  ring_.Append(MarkedRows(0, 3), observer_);
  ring_.Append(MarkedRows(3, 3), observer_);
  EXPECT_EQ(LiveMarks(ring_), (std::vector<int>{2, 3, 4, 5}));
  EXPECT_EQ(ring_.evicted_capacity(), 2U);
  EXPECT_EQ(ring_.next_id(), 6U);
  EXPECT_FALSE(ring_.FindSlot(1).has_value());
  EXPECT_FALSE(ring_.FindSlot(6).has_value());
  EXPECT_EQ(MarkOf(ring_.Gather(std::vector{*ring_.FindSlot(4)}), 0), 4);
}

TEST_F(ColumnRingTest, KeepsTheNewestRowsOfABatchLargerThanItself) {
  ring_.Append(MarkedRows(0, 2), observer_);
  ring_.Append(MarkedRows(2, 11), observer_);
  EXPECT_EQ(LiveMarks(ring_), (std::vector<int>{9, 10, 11, 12}));
  EXPECT_EQ(ring_.IdAt(0), 9U);
  EXPECT_EQ(ring_.evicted_capacity(), 9U);
}

TEST_F(ColumnRingTest, CapacityChangeKeepsTheNewestRows) {
  ring_.Append(MarkedRows(0, 6), observer_);  // wrapped: 2 3 4 5
  ring_.SetCapacity(3, observer_);
  EXPECT_EQ(LiveMarks(ring_), (std::vector<int>{3, 4, 5}));
  ring_.SetCapacity(5, observer_);
  ring_.Append(MarkedRows(6, 3), observer_);
  EXPECT_EQ(LiveMarks(ring_), (std::vector<int>{4, 5, 6, 7, 8}));
}

TEST_F(ColumnRingTest, DropsStaleRowsBetweenFreshOnesAndKeepsTheOrder) {
  for (int mark = 0; mark < 6; ++mark) {
    ring_.Append(MarkedRows(mark, 1, mark % 2 == 0 ? 7U : 5U), observer_);
  }
  ring_.EvictStale(6, observer_);
  EXPECT_EQ(LiveMarks(ring_), (std::vector<int>{2, 4}));
  EXPECT_EQ(ring_.evicted_stale(), 2U);
  EXPECT_FALSE(ring_.FindSlot(3).has_value());
  EXPECT_TRUE(ring_.FindSlot(4).has_value());
  EXPECT_EQ(ring_.LowerBound(3), 1);
}

TEST_F(ColumnRingTest, NeverStoresAStaleRowThatArrivesLate) {
  ring_.Append(MarkedRows(0, 4, 6), observer_);
  ring_.EvictStale(6, observer_);
  ring_.EvictStale(2, observer_);  // the bound never goes back
  ring_.Append(MarkedRows(4, 3, 5), observer_);
  EXPECT_EQ(LiveMarks(ring_), (std::vector<int>{0, 1, 2, 3}))
      << "a stale row pushed a fresh one out";
  EXPECT_EQ(ring_.next_id(), 7U);
  EXPECT_EQ(ring_.evicted_stale(), 3U);
  EXPECT_EQ(ring_.evicted_capacity(), 0U);
}

TEST_F(ColumnRingTest, AnEmptyLargeRingHoldsNoMemory) {
  ColumnRing large(kTestShape, 1'000'000);
  EXPECT_EQ(large.slots(), 0);
  large.Append(MarkedRows(0, 1), observer_);
  EXPECT_LE(large.slots(), 1024);
  large.Append(MarkedRows(1, 2000), observer_);
  EXPECT_LE(large.slots(), 4096);
}

TEST_F(ColumnRingTest, AnEvictionThatLeavesFewRowsGivesMemoryBack) {
  ColumnRing large(kTestShape, 1'000'000);
  large.Append(MarkedRows(0, 20'000, 1), observer_);
  large.Append(MarkedRows(20'000, 3, 2), observer_);
  large.EvictStale(2, observer_);
  EXPECT_LE(large.slots(), 1024);
  EXPECT_EQ(LiveMarks(large), (std::vector<int>{20'000, 20'001, 20'002}));
  large.Append(MarkedRows(5, 1, 2), observer_);
  EXPECT_EQ(LiveMarks(large), (std::vector<int>{20'000, 20'001, 20'002, 5}));
}

// A damaged file could ask for a hundred million empty places.
TEST_F(ColumnRingTest, AFileOfEmptyPlacesCostsNoMemory) {
  ColumnRing large(kTestShape, 100'000'000);
  large.Append(MarkedRows(0, 5), observer_);
  StateDict state;
  large.Save(state);
  state.Put("layout", std::vector<std::int64_t>{100'000'000, 100'000'000, 99'999'998, 5, 3, 2});
  ColumnRing loaded(kTestShape, 9);
  loaded.Load(state);
  EXPECT_LE(loaded.slots(), 1024);
  EXPECT_EQ(LiveMarks(loaded), (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST_F(ColumnRingTest, SavesOnlyLiveRows) {
  ColumnRing large(kTestShape, 1'000'000);
  large.Append(MarkedRows(0, 5), observer_);
  StateDict state;
  large.Save(state);
  std::size_t bytes = 0;
  for (const auto& [name, array] : state.arrays()) bytes += array.bytes.size();
  EXPECT_LT(bytes, 5U * 150U);
}

TEST_F(ColumnRingTest, RefusesACheckpointThatContradictsItself) {
  ring_.Append(MarkedRows(0, 6, 3), observer_);
  StateDict good;
  ring_.Save(good);
  const auto refuse = [&good](const std::string& name, auto values) {
    StateDict bad = good;
    bad.Put(name, values);
    ColumnRing ring(kTestShape, 4);
    EXPECT_THROW(ring.Load(bad), CheckpointError) << name;
  };
  using Ints = std::vector<std::int64_t>;
  using Words = std::vector<std::uint64_t>;
  refuse("layout", Ints{4, 4, 2, 4, 3, 1});                  // another shape
  refuse("layout", Ints{4, 4, 4, 4, 3, 2});                  // head outside
  refuse("layout", Ints{4, 4, 2, 5, 3, 2});                  // more rows than slots
  refuse("layout", Ints{4, 8, 2, 4, 3, 2});                  // more slots than capacity
  refuse("layout", Ints{1LL << 60, 1LL << 60, 0, 4, 3, 2});  // would take all memory
  refuse("layout", Ints{4, 4, 2, 3, 3, 2});                  // a row too many
  refuse("ids", Words{2, 3, 3, 5});                          // twice the same id
  refuse("ids", Words{2, 3, 4, 6});                          // never given
  refuse("counters", Words{6, 4, 2, 0});                     // version 3 below 4
  refuse("reward", std::vector<float>{2, 3, 4, HUGE_VALF});  // not finite
  refuse("obs", std::vector<float>(11));                     // torn
  ColumnRing ring(kTestShape, 9);
  ring.Load(good);
  EXPECT_EQ(LiveMarks(ring), (std::vector<int>{2, 3, 4, 5}));
  EXPECT_EQ(ring.capacity(), 4);
}

}  // namespace
}  // namespace dyna::replay
