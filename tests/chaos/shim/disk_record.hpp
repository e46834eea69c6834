#pragma once

#include <sys/types.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace dyna::chaos {

// What of a folder would survive a power cut, written while the program runs. SIGKILL loses nothing
// that was written, since the kernel has it; this record is what lets the harness take that away
// afterwards (power_cut.hpp). Lines of the file `events`:
//
//   C INODE            the file is empty now
//   S INODE BYTES      so many bytes of it are synced
//   R INODE FROM TO    renamed within the folder
//   D                  the folder was synced; it held what follows
//   E INODE NAME
//   F                  end of what follows
//
// A line is written after what it tells of has succeeded, so that death in between makes the record
// promise less than the disk holds, never more. Removed files live on in `graves` under the number
// of their inode until the folder is synced: an unsynced removal may be undone.

/// The writer of that record. Any thread.
class DiskRecord {
 public:
  DiskRecord(std::string folder, std::string side);

  void Emptied(int fd);
  void Synced(int fd, std::uint64_t bytes);
  void Renamed(const char* from, const char* to);
  /// Before the file goes, or another takes its name.
  void Bury(const char* path);

  /// What the folder holds just before it is synced.
  struct Listing {
    std::string text = {};
    std::vector<ino_t> buried = {};
  };
  Listing List();
  void FolderSynced(const Listing& listing);

 private:
  void Line(const std::string& text) const;
  std::string GraveOf(ino_t inode) const;

  std::string folder_;
  std::string side_;
  int events_;
  std::mutex mutex_;
  std::vector<ino_t> buried_;
};

}  // namespace dyna::chaos
