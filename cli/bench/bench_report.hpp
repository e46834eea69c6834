#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "cli/bench/measurement.hpp"

namespace dyna::cli {

struct BenchResult {
  std::string key = {};
  double gflop = 0.0;   ///< of one unit; 0: no matrix products
  Rates ours = {};      ///< units per second
  Rates baseline = {};  ///< no rounds: there is none
};

struct BenchReport {
  std::string processor = {};
  std::int64_t threads = 0;
  bool quick = false;
  Rates roofline = {};  ///< billions of float32 operations per second
  std::vector<BenchResult> results = {};
};

/// As the system calls it, or "unknown".
std::string ProcessorName();

void PrintTable(const BenchReport& report, std::ostream& out);

/// One number per result under its own key (the median), and under "details" the spread, the
/// fraction of the roofline and the baseline.
void WriteJson(const BenchReport& report, std::ostream& out);

}  // namespace dyna::cli
