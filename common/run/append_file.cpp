#include "common/run/append_file.hpp"

#include <string>
#include <utility>

#include "common/checkpoint/atomic_file.hpp"
#include "common/core/error.hpp"

namespace dyna {
namespace fs = std::filesystem;
namespace {

std::ofstream OpenToAppend(const fs::path& path) {
  std::ofstream out(path, std::ios::binary | std::ios::app);
  if (!out) throw OperatorError("cannot write '" + path.string() + "'");
  return out;
}

}  // namespace

AppendFile::AppendFile(fs::path path, std::ofstream out, std::uint64_t bytes)
    : path_(std::move(path)), out_(std::move(out)), bytes_(bytes) {}

AppendFile AppendFile::Create(const fs::path& path, std::string_view bytes) {
  WriteFileAtomically(path, bytes);
  return {path, OpenToAppend(path), bytes.size()};
}

AppendFile AppendFile::Resume(const fs::path& path, std::uint64_t bytes) {
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

void AppendFile::Append(std::string_view bytes) {
  out_ << bytes << std::flush;
  if (!out_) throw OperatorError("cannot write '" + path_.string() + "' (is the disk full?)");
  bytes_ += bytes.size();
}

std::uint64_t AppendFile::Sync() {
  SyncFile(path_);
  return bytes_;
}

}  // namespace dyna
