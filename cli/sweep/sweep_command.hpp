#pragma once

#include <cstddef>
#include <string>

#include "cli/train/train_command.hpp"

namespace dyna::cli {

/// `dyna train --seeds`.
struct SweepArguments {
  TrainArguments train = {};
  std::string seeds = {};  ///< "0..4"
  std::size_t jobs = 0;    ///< runs at the same time; 0 = as many as there are cores for
};

/// Trains one run per seed, each a process of its own with its own run folder. Ctrl-C lets all save
/// a checkpoint and end. Returns the exit status: 0 all done, 1 one failed or was stopped. Throws
/// OperatorError, also in the words of a run that refused its config.
int TrainSeeds(const SweepArguments& arguments);

}  // namespace dyna::cli
