#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "tests/common/wire/example_messages.hpp"

namespace dyna::wire {
namespace {

std::string Document() {
  std::ifstream in(DYNA_SOURCE_DIR "/common/wire/FORMAT.md");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The bytes of the document's ```hex block; what follows a '|' on a line is a comment.
Bytes WorkedExample(const std::string& document) {
  const std::string fence = "```hex\n";
  const auto begin = document.find(fence) + fence.size();
  std::istringstream lines(document.substr(begin, document.find("```", begin) - begin));
  Bytes bytes;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream numbers(line.substr(0, line.find('|')));
    for (std::string number; numbers >> number;) {
      bytes.push_back(static_cast<std::byte>(std::stoi(number, nullptr, 16)));
    }
  }
  return bytes;
}

TEST(FormatDocumentTest, ItsWorkedExampleIsWhatWeSend) {
  const Grant grant = {.table = "real",
                       .order = {.incarnation = 7, .grants = 2, .inserted_max = 1000}};
  EXPECT_EQ(WorkedExample(Document()), HeadOf(grant, kExampleRequest));
}

TEST(FormatDocumentTest, NamesEveryMessageWithItsNumber) {
  const std::string document = Document();
  for (std::uint16_t type = 0; type < 1000; ++type) {
    const MessageInfo* const info = FindMessageInfo(type);
    if (info == nullptr) continue;
    std::ostringstream cell;
    cell << "| " << type << " | " << info->name << " |";
    EXPECT_NE(document.find(cell.str()), std::string::npos) << cell.str();
  }
}

}  // namespace
}  // namespace dyna::wire
