#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "cli/data/column.hpp"
#include "common/core/error.hpp"

namespace dyna::cli {

/// One array in NumPy's format (numpy.lib.format, versions 1 to 3), of booleans, integers or reals
/// in little-endian order. Trusts nothing: kMalformed before memory is taken for what is not there.
Result<Column> DecodeNpy(std::span<const std::byte> bytes);
/// Version 1.0, C order: "<f4", "<i8" or "|b1" by `column.type`.
std::vector<std::byte> EncodeNpy(const Column& column);

}  // namespace dyna::cli
