#include <memory>

#include "common/core/rng.hpp"
#include "tests/replay/log/log_testing.hpp"

// A disk that fails: nothing that was acknowledged is lost, nothing is there twice, and when the
// disk works again the log goes on.

namespace dyna::replay {
namespace {

/// What the disk does. Shared by all files of a test.
struct Disk {
  std::size_t room = ~std::size_t{0};  ///< bytes that can still be written
  bool sync_fails = false;
  bool truncate_fails = false;
  bool create_fails = false;
};

/// A real file on a bad disk.
class BadFile : public AppendFile {
 public:
  BadFile(Disk& disk, std::unique_ptr<AppendFile> file) : disk_(disk), file_(std::move(file)) {}

  Status Write(std::span<const std::byte> bytes) override {
    const std::size_t fits = std::min(bytes.size(), disk_.room);
    EXPECT_TRUE(file_->Write(bytes.first(fits)).ok());  // a short write, as on a full disk
    size_ += fits;
    disk_.room -= fits;
    if (fits < bytes.size()) return Error{ErrorCode::kBackpressure, "No space left on device"};
    return Done{};
  }
  Status Sync() override {
    if (disk_.sync_fails) return Error{ErrorCode::kBackpressure, "Input/output error"};
    return file_->Sync();
  }
  Status Truncate(std::uint64_t bytes) override {
    if (disk_.truncate_fails) return Error{ErrorCode::kBackpressure, "Read-only file system"};
    disk_.room += size_ - bytes;
    size_ = bytes;
    return file_->Truncate(bytes);
  }

 private:
  Disk& disk_;
  std::unique_ptr<AppendFile> file_;
  std::size_t size_ = 0;
};

class JournalFaultsTest : public LogTest {
 protected:
  Journal::Options OnBadDisk(std::size_t segment_bytes = std::size_t{1} << 20U) {
    auto options = Options(segment_bytes);
    options.create = [this](const fs::path& path) -> Result<std::unique_ptr<AppendFile>> {
      if (disk_.create_fails) return Error{ErrorCode::kBackpressure, "Read-only file system"};
      auto file = CreatePosixFile(path);
      if (!file.ok()) return file.error();
      return std::unique_ptr<AppendFile>(std::make_unique<BadFile>(disk_, std::move(file).value()));
    };
    return options;
  }

  Disk disk_;
  Records none_;
};

TEST_F(JournalFaultsTest, AFullDiskLosesNothingAndTheLogGoesOnWhenThereIsRoom) {
  Journal journal(OnBadDisk(), Into(none_));
  Write(journal, 0, 5);
  disk_.room = 10;
  (void)journal.Add(Bytes(TextOf(5)));
  for (int attempt = 0; attempt < 3; ++attempt) {
    const Status refused = journal.Commit();
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kBackpressure);
    EXPECT_NE(refused.error().message.find("No space left"), std::string::npos);
    EXPECT_EQ(journal.durable(), 5U);
  }
  ExpectFirst(Reopen(), 5);
  disk_.room = 100'000;
  ASSERT_TRUE(journal.Commit().ok());
  Write(journal, 6, 4);
  ExpectFirst(Reopen(), 10);
  EXPECT_EQ(journal.segments(), 1U) << "the same file goes on";
}

TEST_F(JournalFaultsTest, ADiskThatIsFullWhenASegmentBeginsLeavesNoHalfOne) {
  disk_.room = 7;
  Journal journal(OnBadDisk(), Into(none_));
  (void)journal.Add(Bytes(TextOf(0)));
  EXPECT_FALSE(journal.Commit().ok());
  EXPECT_FALSE(journal.Commit().ok());
  EXPECT_TRUE(Files().empty());
  disk_.room = 100'000;
  ASSERT_TRUE(journal.Commit().ok());
  ExpectFirst(Reopen(), 1);
}

// The kernel reports a failed sync once and may have dropped the pages: only writing everything
// again, elsewhere, makes it sure.
TEST_F(JournalFaultsTest, AfterAFailedSyncEverythingUnsureIsWrittenAgainToANewSegment) {
  Journal journal(OnBadDisk(), Into(none_));
  Write(journal, 0, 5);
  disk_.sync_fails = true;
  for (std::uint64_t n = 5; n < 8; ++n) {
    (void)journal.Add(Bytes(TextOf(n)));
    EXPECT_FALSE(journal.Commit().ok());
  }
  EXPECT_EQ(journal.durable(), 5U);
  disk_.sync_fails = false;
  ASSERT_TRUE(journal.Commit().ok());
  EXPECT_EQ(journal.durable(), 8U);
  Write(journal, 8, 2);
  ExpectFirst(Reopen(), 10);
}

TEST_F(JournalFaultsTest, ADiskThatTurnsReadOnlyIsLeftAndComeBackTo) {
  Journal journal(OnBadDisk(), Into(none_));
  Write(journal, 0, 5);
  disk_ = {.room = 3, .truncate_fails = true, .create_fails = true};
  (void)journal.Add(Bytes(TextOf(5)));
  EXPECT_FALSE(journal.Commit().ok());
  const Status refused = journal.Commit();
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("Read-only"), std::string::npos);
  ExpectFirst(Reopen(), 5);
  disk_ = {};
  ASSERT_TRUE(journal.Commit().ok());
  Write(journal, 6, 1);
  ExpectFirst(Reopen(), 7);
}

// Any order of faults, many seeds; checked against what was acknowledged.
TEST_F(JournalFaultsTest, RandomFaultsAndRestartsNeverLoseWhatWasAcknowledged) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    Rng random(seed, "journal faults");
    fs::remove_all(folder_);
    std::uint64_t acknowledged = 0;
    for (int life = 0; life < 8; ++life) {
      disk_ = {};
      Records records;
      Journal journal(OnBadDisk(/*segment_bytes=*/300), Into(records));
      ExpectFirst(records, records.size());
      ASSERT_GE(records.size(), acknowledged) << "seed " << seed << ", life " << life;
      for (int step = 0; step < 40; ++step) {
        disk_ = {.room = random.Below(3) == 0 ? random.Below(60) : ~std::size_t{0},
                 .sync_fails = random.Below(6) == 0,
                 .truncate_fails = random.Below(6) == 0,
                 .create_fails = random.Below(6) == 0};
        for (std::uint64_t i = random.Below(4); i > 0; --i) {
          (void)journal.Add(Bytes(TextOf(journal.next_sequence())));
        }
        (void)journal.Commit();
        if (random.Below(10) == 0) (void)journal.FreeBelow(0);
      }
      acknowledged = journal.durable();
    }
    EXPECT_GT(acknowledged, 20U);
  }
}

}  // namespace
}  // namespace dyna::replay
