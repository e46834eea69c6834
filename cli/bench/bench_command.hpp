#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
}

namespace dyna::cli {

struct BenchArguments {
  bool quick = false;
  std::string json = {};     ///< file to write; empty: none
  std::int64_t threads = 0;  ///< of LibTorch; 0: one per processor
};

/// Measures every stage of training on this machine, each beside the rate that the processor's
/// matrix products allow and, where there is one, beside plain LibTorch doing the same work, in
/// rounds that take turns. ConfigError when the file cannot be written, before anything runs.
int Bench(const BenchArguments& arguments, std::ostream& out);

/// Adds `bench`. Parsing stores what to run in `action`, which must outlive it, as must
/// `arguments`.
void RegisterBench(CLI::App& app, BenchArguments& arguments, std::function<int()>& action);

}  // namespace dyna::cli
