#include "learner/pacing/grant_ledger.hpp"

#include <gtest/gtest.h>

namespace dyna::learner {
namespace {

/// A granted table as a shard would count it.
struct FakeShard {
  TableCounters counters = {.incarnation = 1, .granted = 0};

  bool Append(std::uint64_t rows) {
    if (counters.inserted + rows > counters.granted) {
      counters.wanted = counters.inserted + rows;
      return false;
    }
    counters.inserted += rows;
    counters.wanted = 0;
    return true;
  }
  void Take(const GrantOrder& order) {
    if (order.incarnation != counters.incarnation || order.grants != counters.grants) return;
    ++counters.grants;
    counters.granted = order.inserted_max;
    if (counters.wanted <= counters.granted) counters.wanted = 0;
  }
  void Restart(std::uint64_t restored) {
    counters = {.inserted = restored,
                .incarnation = counters.incarnation + 1,
                .restored = restored,
                .granted = restored};
  }
};

class GrantLedgerTest : public testing::Test {
 protected:
  /// Everything arrives, `rounds` times to and fro.
  void Exchange(std::uint64_t allowed, int rounds = 6) {
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t k = 0; k < shards_.size(); ++k) Report(k);
      for (const auto& order : ledger_.Orders(allowed)) shards_[order.shard].Take(order.grant);
    }
    for (std::size_t k = 0; k < shards_.size(); ++k) Report(k);
  }
  void Report(std::size_t k) { ledger_.OnReport(static_cast<ShardTag>(k), shards_[k].counters); }
  std::uint64_t Granted() const {
    std::uint64_t sum = 0;
    for (const FakeShard& shard : shards_) sum += shard.counters.granted;
    return sum;
  }

  static constexpr std::int64_t kPatience = 30;
  GrantLedger ledger_{50, kPatience};
  std::vector<FakeShard> shards_ = std::vector<FakeShard>(3);
};

TEST_F(GrantLedgerTest, SharesWhatIsAllowedEvenly) {
  Exchange(90);
  for (const FakeShard& shard : shards_) EXPECT_EQ(shard.counters.granted, 30U);
  EXPECT_EQ(ledger_.committed(), 90U);
  EXPECT_EQ(ledger_.inserted(), 0U);
}

TEST_F(GrantLedgerTest, AllOfItCanFlowThroughOneShardOfMany) {
  std::uint64_t appended = 0;
  for (int i = 0; i < 120; ++i) {
    Exchange(90);
    if (shards_[1].Append(1)) ++appended;
  }
  EXPECT_EQ(appended, 90U) << "rows of idle shards were not taken back";
  EXPECT_EQ(Granted(), 90U);
}

TEST_F(GrantLedgerTest, ALargeAppendCollectsWhatLiesInOtherShards) {
  Exchange(60);
  EXPECT_FALSE(shards_[0].Append(50));
  Exchange(60);
  EXPECT_TRUE(shards_[0].Append(50));
  EXPECT_LE(Granted(), 60U);
}

TEST_F(GrantLedgerTest, WhatIsTakenBackIsNotGivenToAnotherBeforeItIsConfirmed) {
  Exchange(60);
  EXPECT_FALSE(shards_[0].Append(50));
  for (int call = 0; call < 5; ++call) {
    Report(0);
    for (const auto& order : ledger_.Orders(60)) {
      EXPECT_NE(order.shard, 0) << "the others have not heard yet, and may use what they have";
    }
    EXPECT_EQ(ledger_.committed(), 60U);
  }
  EXPECT_TRUE(shards_[1].Append(20));
  Exchange(60);
  EXPECT_FALSE(shards_[0].Append(50));
  EXPECT_FALSE(shards_[0].Append(40));
  Exchange(60);
  EXPECT_TRUE(shards_[0].Append(40));
}

TEST_F(GrantLedgerTest, AWantThatCannotBeMetYetTakesNothingFromOthers) {
  Exchange(40);
  const auto before = shards_;
  EXPECT_FALSE(shards_[0].Append(50));
  Exchange(40);
  for (std::size_t k = 1; k < 3; ++k) {
    EXPECT_EQ(shards_[k].counters.granted, before[k].counters.granted);
  }
  // What gets free then is saved up for it, whatever smaller wants there are.
  EXPECT_FALSE(shards_[1].Append(20));
  Exchange(58);
  EXPECT_TRUE(shards_[0].Append(50));
}

TEST_F(GrantLedgerTest, WhatAWantWasMetWithIsNotTakenBackBeforeItsProducerHasTriedAgain) {
  Exchange(60);
  EXPECT_FALSE(shards_[0].Append(50));
  EXPECT_FALSE(shards_[1].Append(50));
  Exchange(60, 6);
  const std::size_t met = shards_[0].counters.granted >= 50 ? 0 : 1;
  Exchange(60, 10);
  EXPECT_GE(shards_[met].counters.granted, 50U) << "the other one's want took it";
  // A producer that never comes must not keep it for ever.
  Exchange(60, kPatience + 6);
  EXPECT_GE(shards_[1 - met].counters.granted, 50U);
}

TEST_F(GrantLedgerTest, AWantBeyondTheLargestAppendIsNamedAndStopsNobody) {
  Exchange(90);
  EXPECT_TRUE(ledger_.Complaints().empty());
  EXPECT_FALSE(shards_[2].Append(51));
  Exchange(90);
  ASSERT_EQ(ledger_.Complaints().size(), 1U);
  EXPECT_EQ(ledger_.Complaints()[0],
            "shard 2 is asked to take 51 rows at once, more than the 50 that can be granted");
  EXPECT_FALSE(shards_[0].Append(50));
  Exchange(90);
  EXPECT_TRUE(shards_[0].Append(50));
}

TEST_F(GrantLedgerTest, NothingIsGrantedBeforeEveryShardThatAnswersIsFenced) {
  // The learner before has an order under way to shard 1, which arrives late.
  shards_[1].counters.grants = 7;
  const GrantOrder late{.incarnation = 1, .grants = 7, .inserted_max = 80};
  for (std::size_t k = 0; k < 3; ++k) Report(k);
  const auto fences = ledger_.Orders(90);
  ASSERT_EQ(fences.size(), 3U);
  for (const auto& order : fences) EXPECT_EQ(order.grant.inserted_max, 0U);
  shards_[0].Take(fences[0].grant);
  shards_[2].Take(fences[2].grant);
  shards_[1].Take(late);
  shards_[1].Take(fences[1].grant);
  EXPECT_EQ(shards_[1].counters.granted, 80U) << "the older order came first";
  Exchange(90);
  EXPECT_LE(Granted(), 90U);
  shards_[1].Take(late);
  EXPECT_LE(Granted(), 90U);
}

TEST_F(GrantLedgerTest, ASilentShardKeepsItsShareAndHoldsUpNobody) {
  Exchange(90);
  ledger_.OnSilence(2);
  for (int i = 0; i < 100; ++i) {
    for (const std::size_t k : {0U, 1U}) {
      shards_[k].Append(1);
      Report(k);
    }
    for (const auto& order : ledger_.Orders(90)) {
      ASSERT_NE(order.shard, 2);
      shards_[order.shard].Take(order.grant);
    }
  }
  EXPECT_EQ(shards_[0].counters.inserted + shards_[1].counters.inserted, 60U);
  // Meanwhile it did take rows, as it might.
  while (shards_[2].Append(1)) {
  }
  Exchange(90);
  EXPECT_EQ(ledger_.inserted(), 90U);
}

TEST_F(GrantLedgerTest, AShardThatRestartsGivesBackWhatItHadNotUsed) {
  Exchange(90);
  ASSERT_TRUE(shards_[0].Append(20));
  Exchange(90, 1);
  shards_[0].Restart(12);  // 8 rows are gone, but the steps were taken
  Exchange(90);
  EXPECT_EQ(ledger_.inserted(), 20U);
  EXPECT_EQ(ledger_.committed(), 90U);
  EXPECT_EQ(Granted(), 82U);
}

TEST_F(GrantLedgerTest, ATurnEndsWithTheLifeOfItsShard) {
  Exchange(60);
  ASSERT_TRUE(shards_[1].Append(20));
  EXPECT_FALSE(shards_[1].Append(50));
  Exchange(75, 1);
  shards_[1].Restart(0);  // 70 rows will never be there
  EXPECT_FALSE(shards_[0].Append(50));
  Exchange(75);
  EXPECT_TRUE(shards_[0].Append(50));
}

TEST_F(GrantLedgerTest, AShardThatJoinsGetsItsShare) {
  Exchange(90);
  shards_.emplace_back();
  EXPECT_FALSE(shards_[3].Append(5));
  Exchange(90);
  EXPECT_TRUE(shards_[3].Append(5));
  EXPECT_LE(Granted(), 90U);
}

TEST_F(GrantLedgerTest, ALowerAllowanceTakesBackWhatIsUnused) {
  Exchange(90);
  Exchange(30);
  EXPECT_EQ(Granted(), 30U);
}

TEST_F(GrantLedgerTest, OrdersAreRepeatedUntilConfirmedAndNeverAddUp) {
  for (std::size_t k = 0; k < 3; ++k) Report(k);
  const auto first = ledger_.Orders(90);
  const auto again = ledger_.Orders(90);
  ASSERT_EQ(first.size(), again.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].grant, again[i].grant);
  Exchange(90);
  EXPECT_TRUE(ledger_.Orders(90).empty());
}

TEST_F(GrantLedgerTest, ALoadedLedgerRemembersShardsThatDoNotAnswer) {
  Exchange(90);
  ASSERT_TRUE(shards_[2].Append(10));
  Exchange(90);
  StateDict state;
  ledger_.Save(state);
  GrantLedger loaded(50, kPatience);
  loaded.Load(state);
  EXPECT_EQ(loaded.inserted(), 10U);
  EXPECT_EQ(loaded.committed(), 90U);
  EXPECT_TRUE(loaded.Orders(90).empty()) << "nobody has answered this one yet";
  // Shard 2 may have been granted more since that was saved.
  for (int round = 0; round < 6; ++round) {
    for (const ShardTag k : std::vector<ShardTag>{0, 1}) loaded.OnReport(k, shards_[k].counters);
    for (const auto& order : loaded.Orders(200)) shards_[order.shard].Take(order.grant);
  }
  EXPECT_EQ(Granted(), 90U);
  ASSERT_EQ(loaded.Complaints().size(), 1U);
  EXPECT_EQ(loaded.Complaints()[0],
            "shard 2 does not answer the learner that has started: nothing is granted");
  for (int round = 0; round < 6; ++round) {
    for (const ShardTag k : std::vector<ShardTag>{0, 1, 2}) loaded.OnReport(k, shards_[k].counters);
    for (const auto& order : loaded.Orders(200)) shards_[order.shard].Take(order.grant);
  }
  EXPECT_GT(Granted(), 190U);
  EXPECT_LE(Granted(), 200U);
  EXPECT_TRUE(loaded.Complaints().empty());
}

}  // namespace
}  // namespace dyna::learner
