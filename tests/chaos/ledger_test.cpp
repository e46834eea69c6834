#include "tests/chaos/ledger.hpp"

#include <gtest/gtest.h>

// The checker itself, on tables made by hand.

namespace dyna::chaos {
namespace {

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    for (const std::uint64_t epoch : {1U, 2U}) {
      Ledger::Account& account = ledger_.of(7, epoch);
      account = {.sent = 12, .acked = 8, .batches = {4, 8, 12}};
    }
  }
  Ledger::Found Check(const std::vector<TransitionBatch>& table) const {
    TableCounters counters;
    for (const auto& rows : table) counters.inserted += static_cast<std::uint64_t>(rows.size());
    return ledger_.Check(table, counters);
  }
  static TransitionBatch Rows(std::uint64_t epoch, std::uint64_t first, std::int64_t count) {
    return MakeRows(7, epoch, first, count);
  }

  Ledger ledger_;
};

TEST_F(LedgerTest, AllThatWasAcknowledgedAndAnyNumberOfOtherAppendsIsRight) {
  EXPECT_TRUE(Check({Rows(1, 0, 8), Rows(2, 0, 8)}).violations.empty());
  EXPECT_TRUE(Check({Rows(1, 0, 12), Rows(2, 0, 8)}).violations.empty());
}

TEST_F(LedgerTest, EveryWayToBreakAPromiseIsFound) {
  EXPECT_EQ(Check({Rows(1, 0, 8), Rows(2, 0, 4)}).lost, 4U);
  EXPECT_EQ(Check({Rows(1, 0, 8)}).lost, 8U);
  EXPECT_EQ(Check({Rows(1, 4, 4), Rows(2, 0, 8)}).lost, 4U);
  EXPECT_EQ(Check({Rows(1, 0, 8), Rows(1, 4, 4), Rows(2, 0, 8)}).doubled, 4U);
  EXPECT_FALSE(Check({Rows(1, 0, 10), Rows(2, 0, 8)}).violations.empty()) << "half an append";
  EXPECT_FALSE(Check({Rows(1, 4, 4), Rows(1, 0, 4), Rows(2, 0, 8)}).violations.empty()) << "order";
  EXPECT_FALSE(Check({Rows(1, 0, 8), Rows(2, 0, 8), Rows(1, 8, 4)}).violations.empty()) << "fence";
  EXPECT_EQ(Check({Rows(1, 0, 8), Rows(2, 0, 16)}).corrupt, 4U) << "rows that nobody sent";
}

TEST_F(LedgerTest, OneWrongBitOfAnyPartIsCorrupt) {
  const auto spoilt = [this](auto spoil) {
    TransitionBatch rows = Rows(2, 0, 8);
    spoil(rows);
    return Check({Rows(1, 0, 8), rows}).corrupt;
  };
  EXPECT_EQ(spoilt([](TransitionBatch&) {}), 0U);
  EXPECT_EQ(spoilt([](TransitionBatch& rows) { rows.obs(3, 2) = -rows.obs(3, 2); }), 1U);
  EXPECT_EQ(spoilt([](TransitionBatch& rows) { rows.next_obs(3, 2) *= 1.0000001F; }), 1U);
  EXPECT_EQ(spoilt([](TransitionBatch& rows) { rows.action(0, 0) = 0.0F; }), 1U);
  EXPECT_EQ(spoilt([](TransitionBatch& rows) { rows.reward[7] = 0.0F; }), 1U);
  EXPECT_EQ(spoilt([](TransitionBatch& rows) { rows.truncated[1] = 1 - rows.truncated[1]; }), 1U);
  EXPECT_EQ(spoilt([](TransitionBatch& rows) { rows.provenance[1].step = 77; }), 1U);
}

TEST_F(LedgerTest, ACountThatIsNotTheTablesIsFound) {
  TableCounters counters;
  counters.inserted = 17;
  const std::vector<TransitionBatch> table = {Rows(1, 0, 8), Rows(2, 0, 8)};
  EXPECT_FALSE(ledger_.Check(table, counters).violations.empty());
}

}  // namespace
}  // namespace dyna::chaos
