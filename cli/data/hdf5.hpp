#pragma once

#include <filesystem>
#include <vector>

#include "cli/data/column.hpp"

namespace dyna::cli {

/// The arrays of kDataKeys in an HDF5 file: one set in D4RL's layout (arrays at the root), or one
/// per episode in Minari's (groups episode_0, episode_1, ...; observations have one row more than
/// actions). DataError when it is neither, is cut off, or an array cannot be read.
struct Hdf5Data {
  bool minari = false;
  std::vector<Columns> parts = {};
};
Hdf5Data ReadHdf5(const std::filesystem::path& path);
/// In D4RL's layout, under its name only once it is whole. DataError when it cannot be written.
void WriteHdf5(const std::filesystem::path& path, const Columns& columns);

}  // namespace dyna::cli
