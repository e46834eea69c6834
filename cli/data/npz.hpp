#pragma once

#include <filesystem>

#include "cli/data/column.hpp"

namespace dyna::cli {

/// The arrays of kDataKeys that a .npz file has (numpy.savez or savez_compressed). DataError when
/// it is no such file, is cut off, or a checksum is wrong.
Columns ReadNpz(const std::filesystem::path& path);
/// Compressed, under its name only once it is whole. DataError when it cannot be written.
void WriteNpz(const std::filesystem::path& path, const Columns& columns);

}  // namespace dyna::cli
