#include "cli/sweep/seed_list.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "common/core/error.hpp"

namespace dyna::cli {
namespace {

constexpr std::size_t kSeedsMax = 1000;

std::optional<std::int64_t> Number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace

std::vector<std::int64_t> ParseSeeds(std::string_view text) {
  const auto refuse = [text](const std::string& reason) {
    throw OperatorError("--seeds " + std::string(text) + ": " + reason +
                        "; allowed are 0..4, 3,7,11 or 0..2,10, each seed once, at most " +
                        std::to_string(kSeedsMax));
  };
  std::vector<std::int64_t> seeds;
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    const auto dots = part.find("..");
    const auto first = Number(part.substr(0, dots));
    const auto last = dots == std::string_view::npos ? first : Number(part.substr(dots + 2));
    if (!first || !last) refuse("'" + std::string(part) + "' is neither a seed nor a range");
    if (*first > *last) refuse("'" + std::string(part) + "' goes down");
    if (static_cast<std::uint64_t>(*last - *first) >= kSeedsMax) refuse("too many");
    const std::int64_t count = *last - *first + 1;  // the last may be the greatest there is
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t seed = *first + i;
      if (std::find(seeds.begin(), seeds.end(), seed) != seeds.end()) {
        refuse(std::to_string(seed) + " is there twice");
      }
      seeds.push_back(seed);
    }
    if (seeds.size() > kSeedsMax) refuse("too many");
    if (comma == std::string_view::npos) return seeds;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace dyna::cli
