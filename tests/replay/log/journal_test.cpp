#include "replay/log/journal.hpp"

#include "common/core/error.hpp"
#include "tests/replay/log/log_testing.hpp"

namespace dyna::replay {
namespace {

class JournalTest : public LogTest {
 protected:
  std::string RefusalOf(Journal::Options options) const {
    Records ignored;
    try {
      const Journal journal(std::move(options), Into(ignored));
    } catch (const OperatorError& error) {
      return error.what();
    }
    return {};
  }
};

TEST_F(JournalTest, WhatWasCommittedIsThereForTheNextLife) {
  Records none;
  {
    Journal journal(Options(), Into(none));
    Write(journal, 0, 30);
    EXPECT_EQ(journal.durable(), 30U);
    (void)journal.Add(Bytes("never committed"));
    EXPECT_GT(journal.pending_bytes(), 0U);
  }
  EXPECT_TRUE(none.empty());
  Journal::Recovery recovery;
  ExpectFirst(Reopen(&recovery), 30);
  EXPECT_EQ(recovery.records, 30U);
  EXPECT_EQ(recovery.torn_bytes, 0U);
}

TEST_F(JournalTest, AGroupIsCommittedAtOnce) {
  Records none;
  Journal journal(Options(), Into(none));
  for (std::uint64_t n = 0; n < 10; ++n) (void)journal.Add(Bytes(TextOf(n)));
  EXPECT_EQ(journal.durable(), 0U);
  ASSERT_TRUE(journal.Commit().ok());
  EXPECT_EQ(journal.durable(), 10U);
  ExpectFirst(Reopen(), 10);
}

TEST_F(JournalTest, LivesGoOnWhereTheLastOneEnded) {
  for (std::uint64_t life = 0; life < 5; ++life) {
    Records records;
    Journal journal(Options(), Into(records));
    ExpectFirst(records, 10 * life);
    EXPECT_EQ(journal.next_sequence(), 10 * life);
    Write(journal, 10 * life, 10);
  }
}

TEST_F(JournalTest, LongLogsAreSeveralSegmentsAndOldOnesAreFreed) {
  Records none;
  Journal journal(Options(/*segment_bytes=*/200), Into(none));
  Write(journal, 0, 100);
  const std::size_t segments = journal.segments();
  EXPECT_GT(segments, 10U);
  ExpectFirst(Reopen(), 100);
  ASSERT_TRUE(journal.FreeBelow(50).ok());
  EXPECT_LT(journal.segments(), segments);
  const Records kept = Reopen();
  ASSERT_FALSE(kept.empty());
  EXPECT_LE(kept.front().first, 50U) << "nothing above was freed";
  EXPECT_GT(kept.front().first, 30U);
  EXPECT_EQ(kept.back().first, 99U);
  ASSERT_TRUE(journal.FreeBelow(1000).ok());
  EXPECT_EQ(journal.segments(), 1U) << "the one being written stays";
}

// Promise P1: SIGKILL and power failures cut a file anywhere.
TEST_F(JournalTest, ATornTailIsCutOffWhereverItIsTorn) {
  {
    Records none;
    Journal journal(Options(), Into(none));
    Write(journal, 0, 6);
  }
  const fs::path file = Files().at(0);
  const std::string whole = Read(file);
  std::size_t before = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    Overwrite(file, whole.substr(0, size));
    Journal::Recovery recovery;
    const Records records = Reopen(&recovery);
    ExpectFirst(records, records.size());
    EXPECT_GE(records.size(), before);
    before = records.size();
    if (Files().empty()) Overwrite(file, "");  // a header that was torn has been removed
  }
  EXPECT_EQ(before, 6U);
}

TEST_F(JournalTest, AfterATornTailTheLogGoesOnAndStaysRight) {
  {
    Records none;
    Journal journal(Options(), Into(none));
    Write(journal, 0, 6);
  }
  const fs::path file = Files().at(0);
  const std::string whole = Read(file);
  Overwrite(file, whole.substr(0, whole.size() - 5));
  {
    Records records;
    Journal journal(Options(), Into(records));
    ExpectFirst(records, 5);
    EXPECT_GT(journal.recovery().torn_bytes, 0U);
    Write(journal, 5, 5);
  }
  Journal::Recovery recovery;
  ExpectFirst(Reopen(&recovery), 10);
}

// Bit rot in the middle is not a torn tail: rows that were acknowledged are gone, and the operator
// is told rather than left to find out.
TEST_F(JournalTest, DamageInTheMiddleIsRefusedNamingFileAndPlaceAndNeverGivesWrongRecords) {
  {
    Records none;
    Journal journal(Options(), Into(none));
    Write(journal, 0, 6);
  }
  const fs::path file = Files().at(0);
  const std::string whole = Read(file);
  const std::size_t last = whole.size() - kRecordHeaderBytes - TextOf(5).size();
  for (std::size_t i = kSegmentHeaderBytes; i < last; ++i) {
    std::string wrong = whole;
    wrong[i] = static_cast<char>(wrong[i] ^ 0x04);
    Overwrite(file, wrong);
    const std::string refusal = RefusalOf(Options());
    EXPECT_NE(refusal.find(file.string()), std::string::npos) << "byte " << i;
    EXPECT_NE(refusal.find("damaged at byte"), std::string::npos) << "byte " << i;
  }
  Journal::Recovery recovery;
  const Records records = Reopen(&recovery, /*salvage=*/true);
  ExpectFirst(records, records.size());
  EXPECT_EQ(recovery.damage.size(), 1U);
}

TEST_F(JournalTest, ASegmentThatEndsEarlyOrIsMissingIsDamage) {
  {
    Records none;
    Journal journal(Options(/*segment_bytes=*/100), Into(none));
    Write(journal, 0, 20);
  }
  const auto files = Files();
  ASSERT_GT(files.size(), 3U);
  const std::string whole = Read(files[1]);
  Overwrite(files[1], whole.substr(0, whole.size() - 3));
  EXPECT_NE(RefusalOf(Options()).find("are lost"), std::string::npos);
  Journal::Recovery recovery;
  const Records kept = Reopen(&recovery, /*salvage=*/true);
  EXPECT_EQ(recovery.lost, 1U);
  EXPECT_EQ(kept.size(), 19U);
  fs::remove(files[1]);
  EXPECT_NE(RefusalOf(Options()).find("are lost"), std::string::npos);
}

TEST_F(JournalTest, RecordsThatASnapshotHoldsMayBeMissingAndTheirNumbersAreNotGivenAgain) {
  {
    Records none;
    Journal journal(Options(/*segment_bytes=*/100), Into(none));
    Write(journal, 0, 20);
  }
  const auto files = Files();
  fs::remove(files[1]);
  auto options = Options();
  options.needed_from = 20;
  {
    Records records;
    Journal journal(options, Into(records));
    EXPECT_EQ(journal.next_sequence(), 20U);
  }
  for (const auto& file : Files()) fs::remove(file);
  Records none;
  Journal journal(options, Into(none));
  EXPECT_EQ(journal.next_sequence(), 20U);
  Write(journal, 20, 1);
  EXPECT_EQ(Reopen().front().first, 20U);
}

// Else what the first of them holds would be left out without a word.
TEST_F(JournalTest, SegmentsOutOfOrderAreRefused) {
  for (std::uint64_t life = 0; life < 2; ++life) {
    Records none;
    Journal journal(Options(), Into(none));
    Write(journal, 2 * life, 2);
  }
  const auto files = Files();
  ASSERT_EQ(files.size(), 2U);
  std::vector<std::byte> header;
  EncodeSegmentHeader({.schema = 77, .number = 0, .first_sequence = 5}, header);
  Overwrite(files[0], {reinterpret_cast<const char*>(header.data()), header.size()});
  EXPECT_NE(RefusalOf(Options()).find("begins with record 2, before"), std::string::npos);
}

// Found by fuzzing: the next life wrote a segment before it and the one after that read neither.
TEST_F(JournalTest, ASegmentUnderAnotherNameIsRefused) {
  {
    Records none;
    Journal journal(Options(), Into(none));
    Write(journal, 0, 2);
  }
  fs::rename(Files().front(), folder_ / "000000000002.seg");
  EXPECT_NE(RefusalOf(Options()).find("is segment 0 under another name"), std::string::npos);
}

TEST_F(JournalTest, RowsOfAnotherShapeAreRefused) {
  {
    Records none;
    Journal journal(Options(), Into(none));
    Write(journal, 0, 2);
  }
  auto other = Options();
  other.schema = 78;
  EXPECT_NE(RefusalOf(other).find("another shape"), std::string::npos);
}

TEST_F(JournalTest, AForeignFileIsRefusedAndLeftAlone) {
  {
    Records none;
    Journal journal(Options(/*segment_bytes=*/100), Into(none));
    for (std::uint64_t n = 0; n < 40; n += 10) Write(journal, n, 10);
  }
  ASSERT_GT(Files().size(), 1U);
  const fs::path foreign = folder_ / "000000000000.seg";
  Overwrite(foreign, "somebody's notes");
  EXPECT_NE(RefusalOf(Options()).find("not a segment"), std::string::npos);
  EXPECT_EQ(Read(foreign), "somebody's notes");
}

// A segment whose header had not reached the disk when another one was begun, since the disk
// refused and then worked again.
TEST_F(JournalTest, SegmentsThatWereBegunAndNeverWrittenAreThrownAway) {
  {
    Records none;
    Journal journal(Options(/*segment_bytes=*/100), Into(none));
    Write(journal, 0, 20);
  }
  const auto files = Files();
  for (const std::string& content : {std::string(), std::string(60, '\0'), std::string("DYNAS")}) {
    // "000000000000x.seg" sorts behind "000000000000.seg"; the other one before it.
    for (const char* const name : {"00000000000.seg", "000000000001x.seg", "999999999999.seg"}) {
      Overwrite(folder_ / name, content);
    }
    ExpectFirst(Reopen(), 20);
    EXPECT_EQ(Files(), files);
  }
}

// Found by reading for the chaos runs: the last segment was thrown away as never written when one
// bit of its header was wrong.
TEST_F(JournalTest, ADamagedHeaderOfTheLastSegmentIsRefusedIfRecordsWereAcknowledged) {
  {
    Records none;
    Journal journal(Options(), Into(none));
    Write(journal, 0, 6);
  }
  const fs::path file = Files().at(0);
  const std::string whole = Read(file);
  for (std::size_t i = 0; i < kSegmentHeaderBytes; ++i) {
    std::string wrong = whole;
    wrong[i] = static_cast<char>(wrong[i] ^ 0x04);
    Overwrite(file, wrong);
    EXPECT_NE(RefusalOf(Options()).find(file.string()), std::string::npos) << "byte " << i;
    EXPECT_EQ(Read(file), wrong) << "left as it is";
  }
}

// Found by fuzzing: after a salvage that left a file where it was, the first commit wanted its
// name.
TEST_F(JournalTest, WhatASalvageLeavesBehindIsNotInTheWayOfNewSegments) {
  {
    Records none;
    Journal journal(Options(), Into(none));
    Write(journal, 0, 6);
  }
  const fs::path file = Files().at(0);
  std::string wrong = Read(file);
  wrong[0] = 'X';
  Overwrite(file, wrong);
  auto salvage = Options();
  salvage.salvage = true;
  Records none;
  Journal journal(salvage, Into(none));
  EXPECT_TRUE(none.empty());
  journal.Add(Bytes("a record"));
  EXPECT_TRUE(journal.Commit().ok());
  EXPECT_EQ(Read(file), wrong);
}

}  // namespace
}  // namespace dyna::replay
