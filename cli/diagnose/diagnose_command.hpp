#pragma once

#include <cstdint>
#include <ostream>
#include <string>

namespace dyna::cli {

/// `dyna diagnose RUN`.
struct DiagnoseArguments {
  std::string run = {};
  std::int64_t steps = 15;
  std::int64_t episodes = 5;
  std::int64_t windows = 500;
  std::uint64_t seed = 0;
};

/// Plays new episodes with the policy of the run's newest checkpoint, exploring as in training,
/// predicts them open loop with its model (diagnostics::OpenLoopErrors), prints a table and writes
/// all of it to model_error.csv in the run folder. OperatorError when the run has no model or no
/// episode is so long.
void Diagnose(const DiagnoseArguments& arguments, std::ostream& out);

}  // namespace dyna::cli
