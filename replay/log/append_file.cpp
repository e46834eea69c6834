#include "replay/log/append_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace dyna::replay {
namespace {

/// kBackpressure: a disk that is full or read-only may be mended while we wait.
Error Failed(const std::string& what, const std::filesystem::path& path, int error) {
  return {ErrorCode::kBackpressure,
          "cannot " + what + " '" + path.string() + "': " + std::generic_category().message(error)};
}

class PosixFile : public AppendFile {
 public:
  PosixFile(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  ~PosixFile() override { ::close(fd_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  Status Write(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return Failed("write", path_, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return Done{};
  }
  Status Sync() override {
    if (::fdatasync(fd_) != 0) return Failed("sync", path_, errno);
    return Done{};
  }
  Status Truncate(std::uint64_t bytes) override {
    const auto end = static_cast<off_t>(bytes);
    if (::ftruncate(fd_, end) != 0 || ::lseek(fd_, end, SEEK_SET) != end) {
      return Failed("truncate", path_, errno);
    }
    return Done{};
  }

 private:
  std::filesystem::path path_;
  int fd_;
};

}  // namespace

Result<std::unique_ptr<AppendFile>> CreatePosixFile(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return Failed("create", path, errno);
  std::unique_ptr<AppendFile> file = std::make_unique<PosixFile>(path, fd);
  if (Status synced = SyncFolder(path.parent_path()); !synced.ok()) {
    ::unlink(path.c_str());  // else an empty file stays behind with every try
    return synced.error();
  }
  return file;
}

Status SyncFolder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Failed("open", folder, errno);
  const int failed = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (failed != 0) return Failed("sync", folder, failed);
  return Done{};
}

}  // namespace dyna::replay
