#pragma once

#include <iosfwd>
#include <string>

namespace dyna::cli {

/// `dyna keygen`: makes the keys of a cluster in `folder` and says on `out` what it made and what
/// goes where. OperatorError, and nothing is changed, if there are keys already.
void Keygen(const std::string& folder, std::ostream& out);

}  // namespace dyna::cli
