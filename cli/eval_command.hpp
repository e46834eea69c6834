#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

namespace dyna::cli {

/// `dyna eval RUN`.
struct EvalArguments {
  std::string run = {};
  std::int64_t episodes = 10;
  std::uint64_t seed = 0;
};

/// Plays episodes with the deterministic policy of the run's newest checkpoint and prints each
/// return, their mean and standard deviation. Throws OperatorError.
void Evaluate(const EvalArguments& arguments, std::ostream& out);

}  // namespace dyna::cli
