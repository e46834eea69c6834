#pragma once

#include <prometheus/metric_family.h>

#include <chrono>
#include <vector>

namespace dyna::telemetry {

/// What Prometheus' own client libraries say of their process, under the names that they use:
/// CPU time, memory, open files, time of the start. What /proc does not tell is left out.
std::vector<prometheus::MetricFamily> CollectProcess(
    std::chrono::system_clock::time_point started_at);

}  // namespace dyna::telemetry
