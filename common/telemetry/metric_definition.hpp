#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace dyna::telemetry {

enum class MetricKind : std::uint8_t { kCounter, kGauge, kHistogram };

/// Everything about a metric but its values. Names follow Prometheus' practices: one prefix, base
/// units, counters end in _total. Labels take few values (roles, tables, states), never the id of
/// an actor: which process it is, the scrape says.
struct MetricDefinition {
  std::string_view name = {};
  MetricKind kind = MetricKind::kGauge;
  std::string_view help = {};
  std::array<std::string_view, 2> labels = {};  ///< names; unused ones are empty
  std::span<const double> buckets = {};         ///< upper bounds, histograms only
};

/// 25 us * 2^k: replay answers in tens of microseconds, an update takes milliseconds, and nothing
/// that is well takes more than the last, 1.6 s. One layout everywhere, so that panels compare.
inline constexpr std::array<double, 17> kSecondsBuckets = {
    0.000025, 0.00005, 0.0001, 0.0002, 0.0004, 0.0008, 0.0016, 0.0032, 0.0064,
    0.0128,   0.0256,  0.0512, 0.1024, 0.2048, 0.4096, 0.8192, 1.6384};
/// Ages in versions: 0 is the newest.
inline constexpr std::array<double, 10> kVersionsBuckets = {0, 1, 2, 4, 8, 16, 32, 64, 128, 256};

}  // namespace dyna::telemetry
