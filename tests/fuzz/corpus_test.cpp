// The corpus without a fuzzer: every seed and every input that once found something.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "tests/fuzz/peak_memory.hpp"
#include "tests/fuzz/seeds.hpp"

namespace dyna::fuzz {
namespace {

namespace fs = std::filesystem;

fs::path CorpusFolder() { return fs::path(DYNA_SOURCE_DIR) / "tests/fuzz/corpus"; }

Bytes ReadBytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const ByteView bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

TEST(FuzzCorpusTest, HoldsWhatItsGeneratorMakes) {
  MakeSeeds([](const std::string& target, const std::string& name, const Bytes& input) {
    EXPECT_EQ(ReadBytes(CorpusFolder() / target / name), input)
        << target << "/" << name << " is not what dyna_make_corpus writes";
  });
}

TEST(FuzzCorpusTest, IsSmallAndOfTargetsThatExist) {
  std::set<std::string> names;
  for (const Target& target : Targets()) names.insert(target.name);
  for (const auto& entry : fs::recursive_directory_iterator(CorpusFolder())) {
    if (entry.is_directory()) {
      EXPECT_TRUE(names.contains(entry.path().filename())) << entry.path();
    } else {
      EXPECT_LE(entry.file_size(), 4096U) << entry.path();
    }
  }
}

class FuzzTargetTest : public testing::TestWithParam<Target> {};

TEST_P(FuzzTargetTest, TakesEveryInputOfItsCorpus) {
  const fs::path folder = CorpusFolder() / GetParam().name;
  std::size_t inputs = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path().string());
    GetParam().run(ReadBytes(entry.path()));
    ++inputs;
  }
  EXPECT_GT(inputs, 0U);
  GetParam().run({});
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzTargetTest, testing::ValuesIn(Targets()),
                         [](const auto& target) { return std::string(target.param.name); });

TEST(PeakMemoryDeathTest, MoreThanTheBoundAborts) {
  const MemoryBound bound = {.fixed_bytes = 100, .per_byte = 2};
  EXPECT_EQ(Bounded(bound, 50, [] { return Bytes(200); }).size(), 200U);
  EXPECT_DEATH(Bounded(bound, 50, [] { return Bytes(201); }), "the bound is 200");
}

}  // namespace
}  // namespace dyna::fuzz
