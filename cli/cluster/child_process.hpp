#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dyna::cli {

/// A program that runs beside us: started, signalled, waited for. It gets SIGTERM when we die,
/// and does not get the terminal's Ctrl-C: who started it decides.
class ChildProcess {
 public:
  /// `arguments[0]` is the program. Its output goes to the end of `log`. OperatorError if it
  /// cannot be started.
  ChildProcess(const std::vector<std::string>& arguments, const std::filesystem::path& log);
  /// Kills it if it still runs.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Its exit status once it has ended (128 + n if signal n ended it); never waits.
  std::optional<int> status();
  void Signal(int signal);
  pid_t pid() const noexcept { return pid_; }

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

/// The last line of its log that is not empty: what a child that has ended said of the reason.
/// Empty if there is none.
std::string LastLine(const std::filesystem::path& log);

}  // namespace dyna::cli
