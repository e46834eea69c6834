#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace dyna::cli {

/// "0..4" (both ends), "3,7,11" or both, "0..2,10", in the order given. At most 1000.
/// OperatorError for anything else, a seed twice included.
std::vector<std::int64_t> ParseSeeds(std::string_view text);

}  // namespace dyna::cli
