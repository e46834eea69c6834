// The shim: calls of the C library that a shard makes on its folder, and on its sockets when it
// acknowledges. Loaded by LD_PRELOAD into the unmodified program.

#include <fcntl.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "tests/chaos/shim/disk_record.hpp"
#include "tests/chaos/shim/fault_plan.hpp"

namespace dyna::chaos {
namespace {

using enum Point;

/// What a descriptor or a path is to the shard.
enum class Kind : std::uint8_t { kOther, kSegment, kSnapshot, kFolder, kRest };

const char* Need(const char* variable) {
  const char* const value = std::getenv(variable);
  if (value == nullptr) ShimPanic("not set", variable);
  return value;
}

struct Shim {
  std::string folder = Need(kFolderVariable);
  std::string side = Need(kSideVariable);
  FaultPlan plan{Need(kPlanVariable), (side + "/hits").c_str()};
  DiskRecord record{folder, side};
  std::array<std::atomic<Kind>, 4096> kinds = {};

  Kind KindOf(std::string_view path) const {
    if (path == folder) return Kind::kFolder;
    if (!path.starts_with(folder + "/")) return Kind::kOther;
    if (path.ends_with(".seg")) return Kind::kSegment;
    if (path.ends_with(".state") || path.ends_with(".state.tmp")) return Kind::kSnapshot;
    return Kind::kRest;
  }
  Kind KindOf(int fd) const {
    const bool known = fd >= 0 && static_cast<std::size_t>(fd) < kinds.size();
    return known ? kinds[static_cast<std::size_t>(fd)].load() : Kind::kOther;
  }
};

/// Never destroyed: threads may write while the program ends.
Shim& It() {
  static Shim* const shim = new Shim;
  return *shim;
}

/// What this thread did last to the names in the folder: it says what a sync of it is for.
enum class Change : std::uint8_t { kCreate, kRename, kFree };
thread_local Change last_change = Change::kFree;
/// It has made a file: what it does before is recovery.
std::atomic<bool> writes = false;

int Fail(int error) {
  errno = error;
  return -1;
}

/// Comes by a point. True if the call must not be made: `result` is its result then.
bool Prevented(Point point, int& result) {
  const Fault fault = It().plan.Pass(point);
  if (fault.action == Fault::Action::kError) result = Fail(fault.error);
  if (fault.action == Fault::Action::kSkip) result = 0;
  return fault.action == Fault::Action::kError || fault.action == Fault::Action::kSkip;
}

int Open(const char* path, int flags, mode_t mode) {
  const Kind kind = It().KindOf(path);
  const bool creates = (flags & O_CREAT) != 0;
  int result = -1;
  if (creates && kind == Kind::kSegment && Prevented(kSegmentBeforeCreate, result)) return result;
  result = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
  if (result < 0 || kind == Kind::kOther) return result;
  if (static_cast<std::size_t>(result) >= It().kinds.size()) ShimPanic("too many files", path);
  It().kinds[static_cast<std::size_t>(result)] = kind;
  if (!creates) return result;
  It().record.Emptied(result);
  writes = true;
  if (kind == Kind::kSegment) {
    last_change = Change::kCreate;
    (void)It().plan.Pass(kSegmentAfterCreate);
  } else if (kind == Kind::kSnapshot) {
    (void)It().plan.Pass(kSnapshotAfterCreate);
  }
  return result;
}

ssize_t Raw(int fd, const void* bytes, std::size_t count) {
  return ::syscall(SYS_write, fd, bytes, count);
}

/// A write that a fault may cut in half.
ssize_t WriteHalfOrAll(Point middle, int fd, const void* bytes, std::size_t count) {
  const Fault fault = It().plan.Reach(middle);
  if (fault.action == Fault::Action::kNone) return Raw(fd, bytes, count);
  const ssize_t half = Raw(fd, bytes, count / 2);
  FaultPlan::Suffer(fault);
  if (fault.action == Fault::Action::kError) return half > 0 ? half : Fail(fault.error);
  const ssize_t rest =
      Raw(fd, static_cast<const char*>(bytes) + half, count - static_cast<std::size_t>(half));
  return rest < 0 ? half : half + rest;
}

ssize_t Write(int fd, const void* bytes, std::size_t count) {
  const Kind kind = It().KindOf(fd);
  if (kind == Kind::kSnapshot) return WriteHalfOrAll(kSnapshotMidWrite, fd, bytes, count);
  if (kind != Kind::kSegment) return Raw(fd, bytes, count);
  struct stat before = {};
  if (::fstat(fd, &before) == 0 && before.st_size == 0) {
    return WriteHalfOrAll(kSegmentMidHeader, fd, bytes, count);
  }
  int result = 0;
  if (Prevented(kLogBeforeWrite, result)) return result;
  const ssize_t written = WriteHalfOrAll(kLogMidWrite, fd, bytes, count);
  const int error = errno;
  (void)It().plan.Pass(kLogAfterWrite);
  errno = error;
  return written;
}

int SyncFolder(int fd) {
  const Change change = last_change;
  const std::array<Point, 2> points =
      !writes                     ? std::array{kRecoveryBeforeFolderSync, kRecoveryAfterFolderSync}
      : change == Change::kCreate ? std::array{kSegmentBeforeFolderSync, kSegmentAfterFolderSync}
      : change == Change::kRename ? std::array{kSnapshotBeforeFolderSync, kSnapshotAfterFolderSync}
                                  : std::array{kSegmentAfterFree, kSegmentAfterFreeSync};
  int result = 0;
  if (Prevented(points[0], result)) return result;
  const auto listing = It().record.List();
  result = static_cast<int>(::syscall(SYS_fsync, fd));
  if (result == 0) It().record.FolderSynced(listing);
  (void)It().plan.Pass(points[1]);
  return result;
}

int Sync(long call, int fd) {
  const Kind kind = It().KindOf(fd);
  if (kind == Kind::kFolder) return SyncFolder(fd);
  if (kind != Kind::kSegment && kind != Kind::kSnapshot) {
    return static_cast<int>(::syscall(call, fd));
  }
  // What is synced for reading was found at the start.
  const bool found = (::fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY;
  const std::array<Point, 2> points = found ? std::array{kRecoveryBeforeSync, kRecoveryAfterSync}
                                      : kind == Kind::kSegment
                                          ? std::array{kLogBeforeSync, kLogAfterSync}
                                          : std::array{kSnapshotBeforeSync, kSnapshotAfterSync};
  int result = 0;
  if (Prevented(points[0], result)) return result;
  struct stat before = {};
  (void)::fstat(fd, &before);
  result = static_cast<int>(::syscall(call, fd));
  if (result == 0) It().record.Synced(fd, static_cast<std::uint64_t>(before.st_size));
  (void)It().plan.Pass(points[1]);
  return result;
}

int Rename(const char* from, const char* to) {
  if (It().KindOf(to) == Kind::kOther) {
    return static_cast<int>(::syscall(SYS_rename, from, to));
  }
  int result = 0;
  if (Prevented(kSnapshotBeforeRename, result)) return result;
  It().record.Bury(to);
  result = static_cast<int>(::syscall(SYS_rename, from, to));
  if (result == 0) It().record.Renamed(from, to);
  last_change = Change::kRename;
  (void)It().plan.Pass(kSnapshotAfterRename);
  return result;
}

int Remove(const char* path) {
  const Kind kind = It().KindOf(path);
  if (kind == Kind::kOther) {
    const auto result = static_cast<int>(::syscall(SYS_unlink, path));
    return result != 0 && errno == EISDIR ? static_cast<int>(::syscall(SYS_rmdir, path)) : result;
  }
  const bool old_snapshot = std::string_view(path).ends_with(".state");
  int result = 0;
  const bool frees = kind == Kind::kSegment && writes;  // not: throws away a torn one
  if (frees && Prevented(kSegmentBeforeFree, result)) return result;
  if (old_snapshot && Prevented(kSnapshotBeforeRemove, result)) return result;
  It().record.Bury(path);
  result = static_cast<int>(::syscall(SYS_unlink, path));
  if (frees) last_change = Change::kFree;
  if (old_snapshot) (void)It().plan.Pass(kSnapshotAfterRemove);
  return result;
}

/// The front of an AppendAck's envelope (common/wire/FORMAT.md): magic, protocol 1, type 17.
constexpr std::string_view kAckFront("DYNA\x01\x00\x11\x00", 8);

ssize_t Send(int socket, const void* bytes, std::size_t count, int flags) {
  const bool acks = ::memmem(bytes, count, kAckFront.data(), kAckFront.size()) != nullptr;
  if (acks) (void)It().plan.Pass(kAckBefore);
  const ssize_t sent = ::syscall(SYS_sendto, socket, bytes, count, flags, nullptr, 0);
  const int error = errno;
  if (acks) (void)It().plan.Pass(kAckAfter);
  errno = error;
  return sent;
}

int Close(int fd) {
  if (It().KindOf(fd) != Kind::kOther) It().kinds[static_cast<std::size_t>(fd)] = Kind::kOther;
  return static_cast<int>(::syscall(SYS_close, fd));
}

int Truncate(int fd, off_t bytes) { return static_cast<int>(::syscall(SYS_ftruncate, fd, bytes)); }

void NotInTheFolder(int fd, const char* call) {
  if (It().KindOf(fd) != Kind::kOther) ShimPanic("a call it does not know", call);
}

mode_t ModeOf(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : mode_t{0};
}

}  // namespace
}  // namespace dyna::chaos

// The names below are the C library's.
extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = dyna::chaos::ModeOf(flags, arguments);
  va_end(arguments);
  return dyna::chaos::Open(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = dyna::chaos::ModeOf(flags, arguments);
  va_end(arguments);
  return dyna::chaos::Open(path, flags, mode);
}
int close(int fd) { return dyna::chaos::Close(fd); }
ssize_t write(int fd, const void* bytes, size_t count) {
  return dyna::chaos::Write(fd, bytes, count);
}
ssize_t pwrite(int fd, const void* bytes, size_t count, off_t at) {
  dyna::chaos::NotInTheFolder(fd, "pwrite");
  return ::syscall(SYS_pwrite64, fd, bytes, count, at);
}
int fsync(int fd) { return dyna::chaos::Sync(SYS_fsync, fd); }
int fdatasync(int fd) { return dyna::chaos::Sync(SYS_fdatasync, fd); }
int ftruncate(int fd, off_t bytes) noexcept { return dyna::chaos::Truncate(fd, bytes); }
int ftruncate64(int fd, off_t bytes) noexcept { return dyna::chaos::Truncate(fd, bytes); }
int rename(const char* from, const char* to) noexcept { return dyna::chaos::Rename(from, to); }
int unlink(const char* path) noexcept { return dyna::chaos::Remove(path); }
int remove(const char* path) noexcept { return dyna::chaos::Remove(path); }
ssize_t send(int socket, const void* bytes, size_t count, int flags) {
  return dyna::chaos::Send(socket, bytes, count, flags);
}

}  // extern "C"
