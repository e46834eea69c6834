#include "cli/bench/bench_report.hpp"

#include <fstream>
#include <iomanip>

namespace dyna::cli {
namespace {

/// Of the time that a unit takes, the part that its matrix products would at the roofline.
double Fraction(const BenchReport& report, const BenchResult& result) {
  return result.gflop * result.ours.median() / report.roofline.median();
}

double Speedup(const BenchResult& result) {
  return result.ours.median() / result.baseline.median();
}

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) quoted += c;
  }
  return quoted + '"';
}

void WriteRates(const Rates& rates, std::ostream& out) {
  out << "{\"median\": " << rates.median() << ", \"least\": " << rates.least()
      << ", \"greatest\": " << rates.greatest() << ", \"rounds\": " << rates.rounds.size() << "}";
}

}  // namespace

std::string ProcessorName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

void PrintTable(const BenchReport& report, std::ostream& out) {
  out << report.processor << ", " << report.threads
      << " threads; float32 matrix products: " << std::fixed << std::setprecision(0)
      << report.roofline.median() << " GFLOP/s (" << report.roofline.least() << " to "
      << report.roofline.greatest() << ")\n\n";
  out << std::left << std::setw(36) << "stage" << std::right << std::setw(12) << "median"
      << std::setw(12) << "least" << std::setw(12) << "greatest" << std::setw(10) << "roofline"
      << std::setw(14) << "LibTorch" << std::setw(9) << "ratio" << '\n';
  for (const BenchResult& result : report.results) {
    out << std::left << std::setw(36) << result.key << std::right << std::setprecision(0)
        << std::setw(12) << result.ours.median() << std::setw(12) << result.ours.least()
        << std::setw(12) << result.ours.greatest();
    if (result.gflop > 0.0) {
      out << std::setw(9) << 100.0 * Fraction(report, result) << '%';
    } else {
      out << std::setw(10) << '-';
    }
    if (!result.baseline.rounds.empty()) {
      out << std::setw(14) << result.baseline.median() << std::setprecision(2) << std::setw(8)
          << Speedup(result) << 'x';
    }
    out << '\n';
  }
}

void WriteJson(const BenchReport& report, std::ostream& out) {
  out << std::setprecision(7) << "{\n  \"processor\": " << Quoted(report.processor)
      << ",\n  \"threads\": " << report.threads
      << ",\n  \"quick\": " << (report.quick ? "true" : "false")
      << ",\n  \"sgemm_gflop_per_s\": " << report.roofline.median();
  for (const BenchResult& result : report.results) {
    out << ",\n  " << Quoted(result.key) << ": " << result.ours.median();
  }
  out << ",\n  \"details\": {";
  const char* separator = "\n";
  for (const BenchResult& result : report.results) {
    out << separator << "    " << Quoted(result.key) << ": {\"ours\": ";
    WriteRates(result.ours, out);
    if (result.gflop > 0.0) {
      out << ", \"gflop\": " << result.gflop
          << ", \"roofline_fraction\": " << Fraction(report, result);
    }
    if (!result.baseline.rounds.empty()) {
      out << ", \"libtorch\": ";
      WriteRates(result.baseline, out);
      out << ", \"speedup\": " << Speedup(result);
    }
    out << "}";
    separator = ",\n";
  }
  out << "\n  }\n}\n";
}

}  // namespace dyna::cli
