#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/env_spec.hpp"
#include "common/core/transition_batch.hpp"

namespace dyna::cli {

/// All rows of files of transitions (docs/data.md), in order: .npz, or .hdf5, .h5 in D4RL's or
/// Minari's layout. DataError, naming file and key, before anything is taken from any of them if
/// one does not fit `spec`; also if together they have no row, or more than `rows_max`.
TransitionBatch ReadDataFiles(const std::vector<std::string>& paths, const EnvSpec& spec,
                              std::int64_t rows_max);

/// Writes rows in the format of the name's ending; the file is there whole or not at all.
void WriteDataFile(const std::string& path, const TransitionBatch& rows, const EnvSpec& spec);

/// DataError unless the ending says in which format to write.
void RequireDataFileName(const std::string& path);

}  // namespace dyna::cli
