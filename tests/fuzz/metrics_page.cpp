// The text of another process's /metrics, as `dyna top` and the page of a run read it.

#include "common/core/check.hpp"
#include "common/core/number_text.hpp"
#include "common/watch/scrape.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/peak_memory.hpp"

namespace dyna::fuzz {
namespace {

/// A series of one letter takes 4 bytes of text and a map's node; the stream copies the text.
constexpr MemoryBound kBound = {.fixed_bytes = 4 << 10U, .per_byte = 32};

}  // namespace

void RunMetricsPage(ByteView bytes) {
  const std::string text(AsText(bytes));
  const auto values = Bounded(kBound, bytes.size(), [&] { return watch::ParseMetrics(text); });
  std::string again;
  for (const auto& [series, value] : values) again += series + " " + NumberText(value) + "\n";
  std::string twice;
  for (const auto& [series, value] : watch::ParseMetrics(again)) {
    twice += series + " " + NumberText(value) + "\n";
  }
  DYNA_CHECK_MSG(twice == again, again);
}

}  // namespace dyna::fuzz
