#include "tests/chaos/shim/disk_record.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "tests/chaos/shim/fault_plan.hpp"

namespace dyna::chaos {
namespace {

ino_t InodeOf(int fd) {
  struct stat found = {};
  return ::fstat(fd, &found) == 0 ? found.st_ino : 0;
}

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

DiskRecord::DiskRecord(std::string folder, std::string side)
    : folder_(std::move(folder)), side_(std::move(side)) {
  const std::string path = side_ + "/events";
  events_ = static_cast<int>(
      ::syscall(SYS_openat, AT_FDCWD, path.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0644));
  if (events_ < 0) ShimPanic("cannot open", path.c_str());
}

void DiskRecord::Line(const std::string& text) const {
  // One call, so that a death leaves a whole line or a last one that is cut off.
  if (::syscall(SYS_write, events_, text.data(), text.size()) != static_cast<long>(text.size())) {
    ShimPanic("cannot write", "events");
  }
}

std::string DiskRecord::GraveOf(ino_t inode) const {
  return side_ + "/graves/" + std::to_string(inode);
}

void DiskRecord::Emptied(int fd) { Line("C " + std::to_string(InodeOf(fd)) + "\n"); }

void DiskRecord::Synced(int fd, std::uint64_t bytes) {
  Line("S " + std::to_string(InodeOf(fd)) + " " + std::to_string(bytes) + "\n");
}

void DiskRecord::Renamed(const char* from, const char* to) {
  struct stat found = {};
  (void)::stat(to, &found);
  Line("R " + std::to_string(found.st_ino) + " " + NameOf(from) + " " + NameOf(to) + "\n");
}

void DiskRecord::Bury(const char* path) {
  struct stat found = {};
  if (::stat(path, &found) != 0) return;
  (void)::link(path, GraveOf(found.st_ino).c_str());
  const std::lock_guard lock(mutex_);
  buried_.push_back(found.st_ino);
}

DiskRecord::Listing DiskRecord::List() {
  Listing listing;
  {
    const std::lock_guard lock(mutex_);
    listing.buried.swap(buried_);
  }
  listing.text = "D\n";
  DIR* const folder = ::opendir(folder_.c_str());
  if (folder == nullptr) ShimPanic("cannot list", folder_.c_str());
  while (const dirent* const entry = ::readdir(folder)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    listing.text += "E " + std::to_string(entry->d_ino) + " " + name + "\n";
  }
  ::closedir(folder);
  listing.text += "F\n";
  return listing;
}

void DiskRecord::FolderSynced(const Listing& listing) {
  Line(listing.text);
  for (const ino_t inode : listing.buried) ::syscall(SYS_unlink, GraveOf(inode).c_str());
}

}  // namespace dyna::chaos
