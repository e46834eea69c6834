#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "actors/envs/bridge/socket_folder.hpp"
#include "common/net/clock.hpp"

namespace dyna::envs::bridge {

/// The Python side of a bridge as our child. It dies with us, does not get the terminal's Ctrl-C,
/// and what it prints goes to our standard error, line by line, with its end kept for messages.
/// Nothing it prints can make it wait for us while we wait for it: Read() is called in every wait.
class PythonProcess {
 public:
  struct Options {
    std::string python = "python3";      ///< found in PATH unless it has a '/'
    std::filesystem::path package = {};  ///< folder put at the end of PYTHONPATH
    std::string prefix = {};             ///< of every line that it prints
  };

  /// Starts it, bound to a socket in a folder of its own. EnvironmentError if that fails.
  explicit PythonProcess(const Options& options);
  /// Kills it.
  ~PythonProcess();
  PythonProcess(const PythonProcess&) = delete;
  PythonProcess& operator=(const PythonProcess&) = delete;

  /// ipc://..., where it listens once ready.
  std::string endpoint() const;
  /// Readable when it has printed something, or ended; -1 once it has closed it.
  int output() const noexcept { return closed_ ? -1 : output_; }
  /// Whether it came to listen within `wait`.
  bool WaitReady(net::Milliseconds wait);
  /// Passes on what it has printed; never waits.
  void Read();
  /// "status 1" or "signal 11 (Segmentation fault)" once it has ended.
  std::optional<std::string> ended();
  /// The end of what it printed, without the last newline.
  std::string tail() const;
  /// Makes a process that hangs print where, then kills it.
  void KillWithTraceback();
  void Kill();

 private:
  void PassOn(bool rest);

  std::string prefix_;
  SocketFolder folder_;
  pid_t pid_ = -1;
  int output_ = -1;
  int ready_ = -1;
  bool closed_ = false;  ///< nothing will come from output_ any more
  std::string line_;     ///< printed, not yet ended
  std::string tail_;
  std::optional<int> status_;  ///< as waitpid gives it
};

}  // namespace dyna::envs::bridge
