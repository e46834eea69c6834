#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/cluster/child_process.hpp"

namespace dyna::cli {

/// Runs one program per seed, so many at a time; what a run prints goes to train.log in its folder.
class SeedSweep {
 public:
  struct Run {
    std::int64_t seed = 0;
    std::filesystem::path folder = {};
    std::vector<std::string> arguments = {};  ///< [0] is the program
  };
  struct Ended {
    const Run* run = nullptr;
    int status = 0;
    std::string last_words = {};  ///< the last line of its log
    bool refused = false;         ///< it ended before there was a run; it has left nothing
  };

  /// OperatorError, and nothing written, when one of the folders holds a run.
  SeedSweep(std::vector<Run> runs, std::size_t at_once);

  /// Starts what there is room for; returns what has ended since the last call. Never waits.
  std::vector<Ended> Tend();
  /// Nothing more is started; the runs that go on are told to save and end.
  void Stop();
  /// Ends at once what has not by now.
  void Kill();

  bool finished() const;
  const std::vector<Run>& runs() const noexcept { return runs_; }
  /// How many have not been started.
  std::size_t waiting() const noexcept { return runs_.size() - next_; }

 private:
  struct Active {
    const Run* run = nullptr;
    std::unique_ptr<ChildProcess> process = {};
  };

  std::vector<Run> runs_;
  std::size_t at_once_;
  std::size_t next_ = 0;
  bool stopping_ = false;
  std::vector<Active> active_;
};

}  // namespace dyna::cli
