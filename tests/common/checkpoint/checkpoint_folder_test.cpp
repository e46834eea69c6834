#include "common/checkpoint/checkpoint_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "common/checkpoint/atomic_file.hpp"
#include "common/core/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna {
namespace {

namespace fs = std::filesystem;

class CheckpointFolderTest : public testing::Test {
 protected:
  static StateDict Value(std::int64_t value) {
    StateDict state;
    state.PutScalar("value", value);
    return state;
  }
  static std::int64_t ValueOf(const StateDict& state) {
    return state.GetScalar<std::int64_t>("value");
  }
  static void Truncate(const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); }

  const testing_support::TemporaryFolder temporary_;
  const fs::path path_ = temporary_ / "checkpoints";  // not made yet
};

TEST_F(CheckpointFolderTest, LoadsTheNewestAndKeepsTwo) {
  const CheckpointFolder folder(path_);
  for (std::int64_t step : {5, 1000, 20, 999'999'999}) folder.Save(step, Value(step));
  EXPECT_EQ(folder.Files().size(), 2U);
  EXPECT_EQ(ValueOf(folder.LoadLatest().state), 999'999'999);
}

TEST_F(CheckpointFolderTest, ATornNewestIsRefusedAndThePreviousUsed) {
  const CheckpointFolder folder(path_);
  folder.Save(1, Value(1));
  Truncate(folder.Save(2, Value(2)));
  const auto loaded = folder.LoadLatest();
  EXPECT_EQ(ValueOf(loaded.state), 1);
  ASSERT_EQ(loaded.refused.size(), 1U);
  EXPECT_NE(loaded.refused[0].find("step_000000002.ckpt"), std::string::npos);
}

TEST_F(CheckpointFolderTest, NothingUsableNamesEveryFile) {
  const CheckpointFolder folder(path_);
  Truncate(folder.Save(1, Value(1)));
  std::ofstream(path_ / "step_000000002.ckpt") << "something else entirely, long enough to read";
  try {
    (void)folder.LoadLatest();
    FAIL() << "loaded from nothing";
  } catch (const CheckpointError& error) {
    const std::string what = error.what();
    EXPECT_NE(what.find("step_000000001.ckpt"), std::string::npos) << what;
    EXPECT_NE(what.find("not an OpenDyna state file"), std::string::npos) << what;
  }
}

TEST_F(CheckpointFolderTest, AnEmptyOrMissingFolderIsAnError) {
  EXPECT_THROW((void)CheckpointFolder(path_).LoadLatest(), CheckpointError);
}

TEST_F(CheckpointFolderTest, LeftoversOfAKilledWriteAreIgnoredAndGoneWithTheNext) {
  const CheckpointFolder folder(path_);
  folder.Save(1, Value(1));
  std::ofstream(path_ / "step_000000002.ckpt.tmp") << "half";
  EXPECT_EQ(ValueOf(folder.LoadLatest().state), 1);
  folder.Save(3, Value(3));
  EXPECT_FALSE(fs::exists(path_ / "step_000000002.ckpt.tmp"));
}

TEST_F(CheckpointFolderTest, AFailedWriteLeavesTheOldFileAndNoTemporary) {
  fs::create_directories(path_ / "file");  // a folder where the file should go: rename fails
  std::ofstream(path_ / "file" / "inside") << "x";
  EXPECT_THROW(WriteFileAtomically(path_ / "file", std::string_view("new")), OperatorError);
  EXPECT_TRUE(fs::exists(path_ / "file" / "inside"));
  EXPECT_FALSE(fs::exists(path_ / "file.tmp"));
}

}  // namespace
}  // namespace dyna
