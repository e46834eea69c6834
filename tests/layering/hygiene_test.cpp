#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/layering/source_tree.hpp"

namespace dyna::layering {
namespace {

constexpr std::int64_t kLinesMax = 400;

std::int64_t Lines(const SourceFile& file) {
  return std::count(file.text.begin(), file.text.end(), '\n');
}

/// The first place on one person's machine that `text` names, or "".
std::string MachinePath(const std::string& text) {
  // Spelled in two halves so that this file does not find itself.
  static const std::vector<std::string> kRoots = {
      "/ho"
      "me/",
      "/ro"
      "ot/",
      "/Us"
      "ers/",
      "/wo"
      "rk/"};
  for (const std::string& root : kRoots) {
    for (auto at = text.find(root); at != std::string::npos; at = text.find(root, at + 1)) {
      const bool starts_a_path =
          at == 0 || std::string(" \t\n\"'`(=:,<").find(text[at - 1]) != std::string::npos;
      if (starts_a_path) return text.substr(at, text.find_first_of(" \t\n\"'`)>", at) - at);
    }
  }
  return "";
}

TEST(HygieneTest, NoSourceIsOver400Lines) {
  for (const SourceFile& file :
       CppFiles({"common", "actors", "replay", "model_server", "learner", "cli", "tests"})) {
    EXPECT_LE(Lines(file), kLinesMax) << file.path;
  }
}

TEST(HygieneTest, FindsAMachinePathAndLeavesOthersAlone) {
  EXPECT_EQ(MachinePath("see /ho"
                        "me/ada/runs now"),
            "/ho"
            "me/ada/runs");
  EXPECT_EQ(MachinePath("--out=/wo"
                        "rk/x"),
            "/wo"
            "rk/x");
  EXPECT_EQ(MachinePath("a frame"
                        "work/part and docs/ho"
                        "me/page"),
            "");
}

TEST(HygieneTest, NoFileNamesAPlaceOnOnePersonsMachine) {
  const auto files = ProjectFiles();
  EXPECT_GT(files.size(), 50U) << "the scan found almost nothing: is DYNA_SOURCE_DIR right?";
  for (const SourceFile& file : files) EXPECT_EQ(MachinePath(file.text), "") << file.path;
}

TEST(HygieneTest, EveryRelativeLinkOfADocumentLeadsToAFileOrFolder) {
  for (const SourceFile& file : ProjectFiles()) {
    if (!file.path.ends_with(".md")) continue;
    const std::string folder = file.path.substr(0, file.path.rfind('/') + 1);
    for (auto at = file.text.find("]("); at != std::string::npos;
         at = file.text.find("](", at + 1)) {
      const std::string link = file.text.substr(at + 2, file.text.find_first_of(")#", at) - at - 2);
      if (link.empty() || link.find("://") != std::string::npos) continue;
      EXPECT_TRUE(Exists(folder + link)) << file.path << " links to " << link;
    }
  }
}

}  // namespace
}  // namespace dyna::layering
