#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace dyna {

/// Writes `bytes` so that, whatever dies when, `path` holds either its old content or all of the
/// new one: temporary file beside it, fsync, rename, fsync of the folder.
/// Throws OperatorError naming the path and the system's reason; the temporary is removed.
void WriteFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
void WriteFileAtomically(const std::filesystem::path& path, std::string_view text);

/// Removes what writers that died have left of files in `folder` whose names begin with `prefix`.
void RemoveUnfinished(const std::filesystem::path& folder, std::string_view prefix);

/// Waits until what was written to an open file of this path is on the disk.
void SyncFile(const std::filesystem::path& path);

}  // namespace dyna
