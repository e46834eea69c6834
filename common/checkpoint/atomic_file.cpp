#include "common/checkpoint/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "common/core/error.hpp"

namespace dyna {
namespace {

constexpr const char* kUnfinished = ".tmp";

/// An open file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags)
      : fd_(::open(path.c_str(), flags, 0644)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void Fail(const std::string& what, const std::filesystem::path& path, int error) {
  throw OperatorError("cannot " + what + " '" + path.string() +
                      "': " + std::generic_category().message(error));
}

void WriteAll(int fd, std::span<const std::byte> bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) Fail("write", path, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void SyncPath(const std::filesystem::path& path, int flags) {
  const Descriptor file(path, flags);
  if (file.get() < 0 || ::fsync(file.get()) != 0) Fail("sync", path, errno);
}

}  // namespace

void WriteFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  const std::filesystem::path temporary = path.string() + kUnfinished;
  try {
    {
      const Descriptor file(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC);
      if (file.get() < 0) Fail("create", temporary, errno);
      WriteAll(file.get(), bytes, temporary);
      if (::fsync(file.get()) != 0) Fail("sync", temporary, errno);
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) Fail("rename to", path, errno);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  SyncPath(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void WriteFileAtomically(const std::filesystem::path& path, std::string_view text) {
  WriteFileAtomically(path, std::as_bytes(std::span(text.data(), text.size())));
}

void RemoveUnfinished(const std::filesystem::path& folder, std::string_view prefix) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(prefix) && name.ends_with(kUnfinished)) {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
}

void SyncFile(const std::filesystem::path& path) { SyncPath(path, O_RDONLY | O_CLOEXEC); }

}  // namespace dyna
