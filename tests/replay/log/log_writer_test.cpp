#include "replay/log/log_writer.hpp"

#include <poll.h>

#include <chrono>

#include "tests/replay/log/log_testing.hpp"
#include "tests/support/eventually.hpp"

namespace dyna::replay {
namespace {

using std::chrono::milliseconds;
using testing_support::Eventually;

std::vector<std::byte> Copy(const std::string& text) {
  const auto bytes = Bytes(text);
  return {bytes.begin(), bytes.end()};
}

/// A file whose syncs wait for the test, and may fail.
struct Gate {
  std::counting_semaphore<> passes{0};
  std::atomic<int> syncs = 0;
  std::atomic<bool> fails = false;
  std::atomic<bool> open = false;
};

class GatedFile : public AppendFile {
 public:
  GatedFile(Gate& gate, std::unique_ptr<AppendFile> file) : gate_(gate), file_(std::move(file)) {}
  Status Write(std::span<const std::byte> bytes) override { return file_->Write(bytes); }
  Status Sync() override {
    if (!gate_.open) gate_.passes.acquire();
    ++gate_.syncs;
    if (gate_.fails) return Error{ErrorCode::kBackpressure, "Input/output error"};
    return file_->Sync();
  }
  Status Truncate(std::uint64_t bytes) override { return file_->Truncate(bytes); }

 private:
  Gate& gate_;
  std::unique_ptr<AppendFile> file_;
};

class LogWriterTest : public LogTest {
 protected:
  Journal Open(bool gated = false) {
    auto options = Options(/*segment_bytes=*/2000);
    if (gated) {
      options.create = [this](const fs::path& path) -> Result<std::unique_ptr<AppendFile>> {
        auto file = CreatePosixFile(path);
        if (!file.ok()) return file.error();
        return std::unique_ptr<AppendFile>(
            std::make_unique<GatedFile>(gate_, std::move(file).value()));
      };
    }
    return {options, [](std::uint64_t, std::span<const std::byte>) {}};
  }
  static void AddAll(LogWriter& writer, std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t n = first; n < first + count; ++n) {
      EXPECT_EQ(writer.Add(Copy(TextOf(n))), n);
    }
    writer.Commit();
  }

  Gate gate_;
};

TEST_F(LogWriterTest, WhatIsDurableIsOnTheDiskAndTheDescriptorSaysSo) {
  LogWriter writer(Open(), {});
  AddAll(writer, 0, 50);
  pollfd news{.fd = writer.news_fd(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&news, 1, 60'000), 1);
  ASSERT_TRUE(Eventually([&] { return writer.durable() == 50; }));
  ExpectFirst(Reopen(), 50);
  EXPECT_FALSE(writer.TakeSyncSeconds().empty());
  // The last Tell() may come a moment after what it tells of.
  EXPECT_TRUE(Eventually([&] {
    writer.ClearNews();
    return ::poll(&news, 1, 20) == 0;
  }));
}

TEST_F(LogWriterTest, WhatIsAddedDuringASyncIsOneGroup) {
  LogWriter writer(Open(/*gated=*/true), {});
  AddAll(writer, 0, 1);
  AddAll(writer, 1, 40);  // the first sync waits
  gate_.passes.release();
  ASSERT_TRUE(Eventually([&] { return writer.durable() >= 1; }));
  gate_.open = true;
  gate_.passes.release(10);
  ASSERT_TRUE(Eventually([&] { return writer.durable() == 41; }));
  EXPECT_LE(gate_.syncs, 4);
}

TEST_F(LogWriterTest, WhatIsAddedBeforeTheCommitIsOneGroup) {
  gate_.open = true;
  LogWriter writer(Open(/*gated=*/true), {});
  AddAll(writer, 0, 40);
  ASSERT_TRUE(Eventually([&] { return writer.durable() == 40; }));
  EXPECT_EQ(gate_.syncs, 1);
  writer.Commit();  // nothing new
  AddAll(writer, 40, 1);
  ASSERT_TRUE(Eventually([&] { return writer.durable() == 41; }));
  EXPECT_EQ(gate_.syncs, 2);
}

// Promise P3.
TEST_F(LogWriterTest, RefusesWhenTooMuchWaitsAndGoesOnWhenItDoesNot) {
  LogWriter writer(Open(/*gated=*/true), {.waiting_bytes_max = 1000});
  std::uint64_t taken = 0;
  Status refused = Done{};
  while (taken < 1000) {
    refused = writer.RoomFor(TextOf(taken).size());
    if (!refused.ok()) break;
    (void)writer.Add(Copy(TextOf(taken)));
    ++taken;
  }
  writer.Commit();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kBackpressure);
  EXPECT_NE(refused.error().message.find("wait for the disk"), std::string::npos);
  gate_.open = true;
  gate_.passes.release(10);
  ASSERT_TRUE(Eventually([&] { return writer.durable() == taken; }));
  EXPECT_TRUE(writer.RoomFor(900).ok());
}

TEST_F(LogWriterTest, AFailingDiskIsNamedAndTriedAgain) {
  gate_.open = true;
  gate_.fails = true;
  LogWriter writer(Open(/*gated=*/true), {.retry = milliseconds(1)});
  AddAll(writer, 0, 3);
  ASSERT_TRUE(Eventually([&] { return writer.trouble().has_value(); }));
  EXPECT_NE(writer.trouble()->message.find("Input/output error"), std::string::npos);
  EXPECT_EQ(writer.durable(), 0U);
  gate_.fails = false;
  ASSERT_TRUE(Eventually([&] { return writer.durable() == 3; }));
  EXPECT_FALSE(writer.trouble().has_value());
  ExpectFirst(Reopen(), 3);
}

TEST_F(LogWriterTest, ASnapshotFreesWhatItHoldsAfterItIsOnTheDisk) {
  LogWriter writer(Open(), {});
  for (std::uint64_t n = 0; n < 200; n += 10) {
    AddAll(writer, n, 10);
    ASSERT_TRUE(Eventually([&] { return writer.durable() == n + 10; }));
  }
  const std::size_t files = Files().size();
  ASSERT_GT(files, 2U);
  const fs::path path = folder_ / "snapshot";
  writer.Snapshot(
      {.path = path, .bytes = Copy("everything up to 200"), .covers = 200, .free_below = 150});
  ASSERT_TRUE(Eventually([&] { return writer.snapshots() == 1; }));
  EXPECT_EQ(Read(path), "everything up to 200");
  ASSERT_TRUE(Eventually([&] { return Files().size() < files; }));
  const Records kept = Reopen();
  EXPECT_LE(kept.front().first, 150U);
  EXPECT_EQ(kept.back().first, 199U);
}

TEST_F(LogWriterTest, ASnapshotWaitsUntilTheLogHasWhatItCovers) {
  LogWriter writer(Open(/*gated=*/true), {});
  AddAll(writer, 0, 5);
  const fs::path path = folder_ / "snapshot";
  writer.Snapshot({.path = path, .bytes = Copy("all"), .covers = 5});
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_FALSE(fs::exists(path));
  gate_.open = true;
  gate_.passes.release(10);
  ASSERT_TRUE(Eventually([&] { return writer.snapshots() == 1; }));
  EXPECT_EQ(writer.durable(), 5U);
}

TEST_F(LogWriterTest, ItsEndCommitsWhatWasAdded) {
  {
    LogWriter writer(Open(), {});
    AddAll(writer, 0, 20);
  }
  ExpectFirst(Reopen(), 20);
}

}  // namespace
}  // namespace dyna::replay
