#include "replay/service/shard_log.hpp"

#include <gtest/gtest.h>

#include "common/core/error.hpp"
#include "common/wire/messages_replay.hpp"
#include "tests/replay/log/log_testing.hpp"

namespace dyna::replay {
namespace {

class ShardLogTest : public LogTest {
 protected:
  /// Opens the folder and logs one message more.
  void Live(bool salvage = false) {
    found_ = 0;
    const ShardLog::Options options = {.folder = folder_, .salvage = salvage};
    ShardLog log(options, {.snapshot = [](const StateDict& /*state*/) {},
                           .message = [this](const wire::Frames& /*message*/) { ++found_; }});
    recovered_ = log.recovered();
    (void)log.Add(wire::EvictStale{.table = "real", .version_min = 1});
  }
  /// The newest file becomes a segment that begins `ahead` messages later and holds none.
  void EmptyNewestSegment(std::uint64_t ahead) {
    const fs::path newest = Files().back();
    const std::string file = Read(newest);
    auto header = DecodeSegmentHeader(Bytes(file)).value();
    header.first_sequence += ahead;
    std::vector<std::byte> bytes;
    EncodeSegmentHeader(header, bytes);
    Overwrite(newest, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  int found_ = 0;
  ShardLog::Recovered recovered_;
};

TEST_F(ShardLogTest, FindsTheMessagesOfEarlierLives) {
  for (int life = 0; life < 3; ++life) {
    Live();
    EXPECT_EQ(found_, life);
  }
}

// Found by fuzzing: the gap was noticed by the life after the next, when it could no more be told
// what had been in it.
TEST_F(ShardLogTest, ALogThatBeginsLaterAndHoldsNothingIsAGap) {
  Live();
  EmptyNewestSegment(5);
  try {
    Live();
    FAIL() << "the gap was not seen";
  } catch (const OperatorError& error) {
    EXPECT_NE(std::string(error.what()).find("messages 0 to 5 are missing"), std::string::npos)
        << error.what();
  }
  Live(/*salvage=*/true);
  EXPECT_EQ(recovered_.damage.size(), 1U) << "salvage goes on, and says so";
}

}  // namespace
}  // namespace dyna::replay
