#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "replay/log/journal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::replay {

namespace fs = std::filesystem;

inline std::span<const std::byte> Bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// Records as (sequence, text).
using Records = std::vector<std::pair<std::uint64_t, std::string>>;

inline EachRecord Into(Records& records) {
  return [&records](std::uint64_t sequence, std::span<const std::byte> payload) {
    records.emplace_back(
        sequence, std::string(reinterpret_cast<const char*>(payload.data()), payload.size()));
  };
}

/// The n-th record of a test: of different lengths, empty ones too.
inline std::string TextOf(std::uint64_t n) {
  return n % 7 == 3 ? std::string() : "record " + std::to_string(n) + std::string(n % 13, '#');
}

class LogTest : public testing::Test {
 protected:
  Journal::Options Options(std::size_t segment_bytes = std::size_t{1} << 20U) const {
    return {.folder = folder_, .schema = 77, .segment_bytes = segment_bytes};
  }
  /// Adds and commits records `first` .. `first + count`, each by itself.
  static void Write(Journal& journal, std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t n = first; n < first + count; ++n) {
      EXPECT_EQ(journal.Add(Bytes(TextOf(n))), n);
      const Status committed = journal.Commit();
      ASSERT_TRUE(committed.ok()) << committed.error().message;
    }
  }
  /// What another life finds.
  Records Reopen(Journal::Recovery* recovery = nullptr, bool salvage = false) const {
    Records records;
    auto options = Options();
    options.salvage = salvage;
    const Journal journal(options, Into(records));
    if (recovery != nullptr) *recovery = journal.recovery();
    return records;
  }
  static void ExpectFirst(const Records& records, std::uint64_t count) {
    ASSERT_EQ(records.size(), count);
    for (std::uint64_t n = 0; n < count; ++n) {
      EXPECT_EQ(records[n].first, n);
      EXPECT_EQ(records[n].second, TextOf(n));
    }
  }
  std::vector<fs::path> Files() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
  }
  static std::string Read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void Overwrite(const fs::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
  }

  const testing_support::TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

}  // namespace dyna::replay
