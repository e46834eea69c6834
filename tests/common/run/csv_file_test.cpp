#include "common/run/csv_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>

#include "common/core/error.hpp"

namespace dyna {
namespace {

class CsvFileTest : public testing::Test {
 protected:
  CsvFileTest()
      : path_(std::filesystem::temp_directory_path() /
              ("dyna_csv_test_" + std::to_string(::getpid()) + ".csv")) {}
  ~CsvFileTest() override { std::filesystem::remove(path_); }
  std::string Text() const {
    std::ifstream file(path_);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::filesystem::path path_;
};

TEST_F(CsvFileTest, RowsAreThereAtOnce) {
  auto file = CsvFile::Create(path_, {"a", "b"});
  file.Append({"1", "2"});
  EXPECT_EQ(Text(), "a,b\n1,2\n");
}

TEST_F(CsvFileTest, ResumingCutsOffWhatCameAfterTheSync) {
  auto file = CsvFile::Create(path_, {"a"});
  file.Append({"1"});
  const auto bytes = file.Sync();
  file.Append({"2"});
  auto resumed = CsvFile::Resume(path_, bytes);
  resumed.Append({"3"});
  EXPECT_EQ(Text(), "a\n1\n3\n");
}

TEST_F(CsvFileTest, AFileShorterThanPromisedIsRefused) {
  auto file = CsvFile::Create(path_, {"a"});
  EXPECT_THROW(CsvFile::Resume(path_, file.Sync() + 1), CheckpointError);
  EXPECT_THROW(CsvFile::Resume(path_.string() + ".absent", 0), CheckpointError);
}

}  // namespace
}  // namespace dyna
