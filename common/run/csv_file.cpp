#include "common/run/csv_file.hpp"

#include <utility>

#include "common/checkpoint/atomic_file.hpp"
#include "common/core/error.hpp"

namespace dyna {
namespace fs = std::filesystem;
namespace {

std::string Join(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += (i == 0 ? "" : ",") + cells[i];
  return line + "\n";
}

std::ofstream OpenToAppend(const fs::path& path) {
  std::ofstream out(path, std::ios::binary | std::ios::app);
  if (!out) throw OperatorError("cannot write '" + path.string() + "'");
  return out;
}

}  // namespace

CsvFile::CsvFile(fs::path path, std::ofstream out, std::uint64_t bytes)
    : path_(std::move(path)), out_(std::move(out)), bytes_(bytes) {}

CsvFile CsvFile::Create(const fs::path& path, const std::vector<std::string>& columns) {
  const std::string header = Join(columns);
  WriteFileAtomically(path, header);
  return {path, OpenToAppend(path), header.size()};
}

CsvFile CsvFile::Resume(const fs::path& path, std::uint64_t bytes) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size < bytes) {
    throw CheckpointError("'" + path.string() + "' is " +
                          (error ? "missing" : std::to_string(size) + " bytes") +
                          ", but the checkpoint was written when it had " + std::to_string(bytes));
  }
  fs::resize_file(path, bytes, error);
  if (error) throw OperatorError("cannot cut '" + path.string() + "': " + error.message());
  return {path, OpenToAppend(path), bytes};
}

void CsvFile::Append(const std::vector<std::string>& cells) {
  const std::string line = Join(cells);
  out_ << line << std::flush;
  if (!out_) throw OperatorError("cannot write '" + path_.string() + "' (is the disk full?)");
  bytes_ += line.size();
}

std::uint64_t CsvFile::Sync() {
  SyncFile(path_);
  return bytes_;
}

}  // namespace dyna
