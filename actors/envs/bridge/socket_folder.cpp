#include "actors/envs/bridge/socket_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "common/core/error.hpp"

namespace dyna::envs::bridge {
namespace fs = std::filesystem;
namespace {

constexpr const char* kPrefix = "dyna-bridge-";

/// The folder, open and locked; -1 if it is not there, not ours, or another process lives in it.
/// The kernel gives the lock back when its holder ends, however that ends.
int OpenLocked(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return -1;
  struct stat opened = {};
  struct stat named = {};
  // Whoever clears away may have been quicker than the lock: then the name is of no folder, or of
  // another one.
  if (::fstat(file, &opened) == 0 && opened.st_uid == ::geteuid() &&
      ::flock(file, LOCK_EX | LOCK_NB) == 0 && ::lstat(path.c_str(), &named) == 0 &&
      opened.st_ino == named.st_ino && opened.st_dev == named.st_dev) {
    return file;
  }
  ::close(file);
  return -1;
}

void RemoveAbandoned(const fs::path& parent) {
  std::error_code error;
  fs::directory_iterator entries(parent, fs::directory_options::skip_permission_denied, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::path& path = entries->path();
    if (!path.filename().string().starts_with(kPrefix)) continue;
    const int lock = OpenLocked(path);
    if (lock < 0) continue;
    std::error_code ignored;
    fs::remove_all(path, ignored);
    ::close(lock);
  }
}

}  // namespace

SocketFolder::SocketFolder() {
  const fs::path parent = fs::temp_directory_path();
  RemoveAbandoned(parent);
  while (lock_ < 0) {
    std::string folder = (parent / "dyna-bridge-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
      throw EnvironmentError("cannot make the folder " + folder + ": " +
                             std::generic_category().message(errno));
    }
    path_ = folder;
    lock_ = OpenLocked(path_);  // fails if someone cleared it away in between: another one then
  }
}

SocketFolder::~SocketFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  ::close(lock_);
}

}  // namespace dyna::envs::bridge
