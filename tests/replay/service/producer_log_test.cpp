#include "replay/service/producer_log.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "common/core/rng.hpp"

namespace dyna::replay {
namespace {

using Verdict = ProducerLog::Verdict;

wire::Append Rows(std::uint64_t first_seq, std::int64_t rows, std::uint64_t epoch = 5,
                  std::uint32_t producer = 1) {
  return {.table = "real",
          .producer = producer,
          .epoch = epoch,
          .first_seq = first_seq,
          .rows = rows,
          .level = wire::AckLevel::kMemory};
}

/// Takes the rows if they are new; whether they were.
bool Take(ProducerLog& log, const wire::Append& append) {
  const auto verdict = log.Judge(append);
  EXPECT_TRUE(verdict.ok()) << (verdict.ok() ? "" : verdict.error().message);
  if (!verdict.ok() || verdict.value() == Verdict::kTwice) return false;
  log.Took(append);
  return true;
}

TEST(ProducerLogTest, WhatIsSentTwiceIsTakenOnce) {
  ProducerLog log;
  EXPECT_TRUE(Take(log, Rows(0, 3)));
  EXPECT_TRUE(Take(log, Rows(3, 2)));
  EXPECT_FALSE(Take(log, Rows(3, 2)));
  EXPECT_FALSE(Take(log, Rows(0, 3)));
  EXPECT_EQ(log.next_seq(Rows(0, 3)), 5U);
}

TEST(ProducerLogTest, RowsBehindAGapWait) {
  ProducerLog log;
  EXPECT_TRUE(Take(log, Rows(0, 3)));
  const auto verdict = log.Judge(Rows(5, 1));
  ASSERT_FALSE(verdict.ok());
  EXPECT_EQ(verdict.error().code, ErrorCode::kBackpressure);
  EXPECT_NE(verdict.error().message.find("rows 3 to 5 are missing"), std::string::npos);
}

TEST(ProducerLogTest, OverlappingNumbersAreRefused) {
  ProducerLog log;
  EXPECT_TRUE(Take(log, Rows(0, 3)));
  const auto verdict = log.Judge(Rows(2, 3));
  ASSERT_FALSE(verdict.ok());
  EXPECT_EQ(verdict.error().code, ErrorCode::kInvalidArgument);
}

TEST(ProducerLogTest, ANewerEpochBeginsAnewAndFencesTheOlder) {
  ProducerLog log;
  EXPECT_TRUE(Take(log, Rows(0, 3, 5)));
  EXPECT_TRUE(Take(log, Rows(0, 2, 6)));
  const auto verdict = log.Judge(Rows(3, 1, 5));
  ASSERT_FALSE(verdict.ok());
  EXPECT_EQ(verdict.error().code, ErrorCode::kVersionMismatch);
}

TEST(ProducerLogTest, AProducerThatIsNotKnownMayBeginAnywhere) {
  ProducerLog log;  // of a shard that lost its memory
  EXPECT_TRUE(Take(log, Rows(100, 3)));
  EXPECT_TRUE(Take(log, Rows(103, 1)));
}

// Found by the chaos runs: a limit refused the first rows, let the next ones in, and the first ones
// were then taken for known and acknowledged.
TEST(ProducerLogTest, RowsBehindAFirstAppendThatWasRefusedWaitForIt) {
  ProducerLog log;
  EXPECT_TRUE(Take(log, Rows(0, 5, 1)));
  for (const std::uint64_t epoch : {2U, 3U}) {
    ASSERT_EQ(log.Judge(Rows(0, 3, epoch)).value(), ProducerLog::Verdict::kNew);  // not taken
    const auto behind = log.Judge(Rows(3, 3, epoch));
    ASSERT_FALSE(behind.ok());
    EXPECT_EQ(behind.error().code, ErrorCode::kBackpressure);
    EXPECT_TRUE(Take(log, Rows(0, 3, epoch)));
    EXPECT_TRUE(Take(log, Rows(3, 3, epoch)));
  }
}

TEST(ProducerLogTest, ProducersAndTablesAreApart) {
  ProducerLog log;
  EXPECT_TRUE(Take(log, Rows(0, 3, 5, 1)));
  EXPECT_TRUE(Take(log, Rows(0, 3, 5, 2)));
  wire::Append other = Rows(0, 3);
  other.table = "synthetic";
  EXPECT_TRUE(Take(log, other));
}

/// A sender that numbers rows 0 .. n-1 and sends batches again at random, from any earlier one on.
TEST(ProducerLogTest, RandomResendsTakeEveryRowOnceAndInOrder) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed, "test");
    std::vector<wire::Append> batches;
    std::uint64_t next = 0;
    for (int i = 0; i < 30; ++i) {
      const auto rows = static_cast<std::int64_t>(1 + rng.Below(5));
      batches.push_back(Rows(next, rows));
      next += static_cast<std::uint64_t>(rows);
    }
    ProducerLog log;
    std::vector<std::uint64_t> taken;
    std::size_t at = 0;
    while (at < batches.size()) {
      const wire::Append& batch = batches[at];
      if (Take(log, batch)) {
        for (std::int64_t i = 0; i < batch.rows; ++i) {
          taken.push_back(batch.first_seq + static_cast<std::uint64_t>(i));
        }
      }
      ++at;
      if (rng.Below(4) == 0) at = rng.Below(at + 1);  // a reconnection
      if (taken.size() > 1000) break;
    }
    ASSERT_EQ(taken.size(), next);
    for (std::size_t i = 0; i < taken.size(); ++i) ASSERT_EQ(taken[i], i);
  }
}

}  // namespace
}  // namespace dyna::replay
