#include "replay/log/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "common/core/error.hpp"

namespace dyna::replay {
namespace {

OperatorError Failed(const std::string& what, const std::filesystem::path& folder, int error) {
  return OperatorError("cannot " + what + " '" + folder.string() +
                       "': " + std::generic_category().message(error));
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw Failed("create", folder, error.value());
  fd_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd_ < 0) throw Failed("open", folder, errno);
  if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
  const int failed = errno;
  ::close(fd_);
  if (failed != EWOULDBLOCK) throw Failed("lock", folder, failed);
  throw OperatorError("'" + folder.string() +
                      "' is in use by another shard; every shard needs a replay.folder of its own");
}

FolderLock::~FolderLock() { ::close(fd_); }

}  // namespace dyna::replay
