#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dyna::chaos {

/// One life of a shard: the real program, or one built to be wrong.
class ShardProcess {
 public:
  struct Options {
    std::string program = {};
    std::vector<std::string> arguments = {};
    std::map<std::string, std::string> environment = {};  ///< added to ours
  };
  explicit ShardProcess(const Options& options);
  /// Kills it if it lives.
  ~ShardProcess();
  ShardProcess(const ShardProcess&) = delete;
  ShardProcess& operator=(const ShardProcess&) = delete;

  /// Reads what it has printed. Its port, once it listens.
  std::optional<std::uint16_t> port();
  void Signal(int signal) const;
  /// It has ended, however: 128 + signal, or its exit status.
  std::optional<int> status();
  /// It stands still, since the shim stopped it: once for each time.
  bool stopped();
  /// Waits for its end.
  int Wait();
  const std::string& output() const noexcept { return output_; }

 private:
  void Read();
  void Reap(int flags);

  pid_t pid_ = -1;
  int pipe_ = -1;
  std::string output_;
  std::optional<int> status_;
  bool stopped_ = false;
};

}  // namespace dyna::chaos
