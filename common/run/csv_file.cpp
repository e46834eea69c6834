#include "common/run/csv_file.hpp"

namespace dyna {
namespace {

std::string Join(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += (i == 0 ? "" : ",") + cells[i];
  return line + "\n";
}

}  // namespace

CsvFile CsvFile::Create(const std::filesystem::path& path,
                        const std::vector<std::string>& columns) {
  return CsvFile(AppendFile::Create(path, Join(columns)));
}

CsvFile CsvFile::Resume(const std::filesystem::path& path, std::uint64_t bytes) {
  return CsvFile(AppendFile::Resume(path, bytes));
}

void CsvFile::Append(const std::vector<std::string>& cells) { file_.Append(Join(cells)); }

}  // namespace dyna
