#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dyna::chaos {

/// Moments in the life of a shard's folder, as the shim sees them from below the program. "mid" is
/// the middle of a write: half of its bytes are in the file.
enum class Point : std::uint8_t {
  kLogBeforeWrite,
  kLogMidWrite,
  kLogAfterWrite,
  kLogBeforeSync,
  kLogAfterSync,
  kAckBefore,
  kAckAfter,
  kSegmentBeforeCreate,
  kSegmentAfterCreate,
  kSegmentBeforeFolderSync,
  kSegmentAfterFolderSync,
  kSegmentMidHeader,
  kSegmentBeforeFree,
  kSegmentAfterFree,
  kSegmentAfterFreeSync,
  kSnapshotAfterCreate,
  kSnapshotMidWrite,
  kSnapshotBeforeSync,
  kSnapshotAfterSync,
  kSnapshotBeforeRename,
  kSnapshotAfterRename,
  kSnapshotBeforeFolderSync,
  kSnapshotAfterFolderSync,
  kSnapshotBeforeRemove,
  kSnapshotAfterRemove,
  kRecoveryBeforeSync,
  kRecoveryAfterSync,
  kRecoveryBeforeFolderSync,
  kRecoveryAfterFolderSync,
  kCount,
};

inline constexpr std::size_t kPoints = static_cast<std::size_t>(Point::kCount);

/// By Point.
inline constexpr std::array<std::string_view, kPoints> kPointNames = {
    "log.before_write",
    "log.mid_write",
    "log.after_write",
    "log.before_sync",
    "log.after_sync",
    "ack.before",
    "ack.after",
    "segment.before_create",
    "segment.after_create",
    "segment.before_folder_sync",
    "segment.after_folder_sync",
    "segment.mid_header",
    "segment.before_free",
    "segment.after_free",
    "segment.after_free_sync",
    "snapshot.after_create",
    "snapshot.mid_write",
    "snapshot.before_sync",
    "snapshot.after_sync",
    "snapshot.before_rename",
    "snapshot.after_rename",
    "snapshot.before_folder_sync",
    "snapshot.after_folder_sync",
    "snapshot.before_remove",
    "snapshot.after_remove",
    "recovery.before_sync",
    "recovery.after_sync",
    "recovery.before_folder_sync",
    "recovery.after_folder_sync",
};

/// How often points were passed and how often a fault happened there: the content of the file
/// `hits`, which the shim maps and the harness reads.
struct Hits {
  std::array<std::uint64_t, kPoints> passed = {};
  std::array<std::uint64_t, kPoints> fired = {};
};

// What the shim reads from its environment.
inline constexpr const char* kFolderVariable = "DYNA_FAULT_FOLDER";  ///< the shard's
inline constexpr const char* kSideVariable = "DYNA_FAULT_SIDE";      ///< where it keeps its record
/// "POINT:N:ACTION[:COUNT],...": from the N-th time that a life comes by the point, counted from 1,
/// COUNT times (1 if it is not said). ACTION is kill, stop, ENOSPC, EIO, EROFS, or skip: the call
/// says that it succeeded and does nothing.
inline constexpr const char* kPlanVariable = "DYNA_FAULT_PLAN";

}  // namespace dyna::chaos
