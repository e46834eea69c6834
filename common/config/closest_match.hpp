#pragma once

#include <string>
#include <vector>

namespace dyna {

/// The candidate closest to `word` by edit distance, or "" when none is near enough to be a
/// slip of the keyboard (more than a third of the word differs). For "did you mean".
std::string ClosestMatch(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace dyna
