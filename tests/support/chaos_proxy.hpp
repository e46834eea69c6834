#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace dyna::testing_support {

/// A TCP proxy for tests: passes bytes between whoever connects to it and a target, and misbehaves
/// on command, as networks do. Runs on a thread of its own; any thread may command it. Memory per
/// connection is bounded: it stops reading when too much waits to be passed on.
class ChaosProxy {
 public:
  struct Options {
    std::string listen_address = "127.0.0.1";  ///< IPv4
    std::uint16_t listen_port = 0;             ///< 0 = any free one
    std::string target_address = "127.0.0.1";  ///< IPv4
    std::uint16_t target_port = 0;
  };
  explicit ChaosProxy(const Options& options);
  ~ChaosProxy();
  ChaosProxy(const ChaosProxy&) = delete;
  ChaosProxy& operator=(const ChaosProxy&) = delete;

  std::uint16_t port() const noexcept { return port_; }

  /// Where new connections lead from now on: the target has come back on another port.
  void SetTargetPort(std::uint16_t port) { target_port_ = port; }
  /// Every byte arrives so much later, in both directions.
  void SetDelay(std::chrono::milliseconds delay) { delay_ms_ = delay.count(); }
  /// While stalled nothing passes and nobody is told: as when a cable is pulled.
  void SetStalled(bool stalled);
  /// While false, new connections are closed at once.
  void SetAccepting(bool accepting) { accepting_ = accepting; }
  /// Closes all connections as a program that ends does (FIN). Done when it returns.
  void CutAll() { Command(kCut); }
  /// Closes all connections as a machine that has forgotten them does (RST). Done when it returns.
  void ResetAll() { Command(kReset); }

  /// Connections ever accepted and passed on.
  std::int64_t connections() const noexcept { return connections_; }
  /// Bytes passed on, both directions.
  std::int64_t bytes() const noexcept { return bytes_; }

 private:
  class Loop;
  enum CommandCode : int { kNone, kLook, kCut, kReset, kStop };
  void Command(CommandCode command);
  void Wake();

  std::uint16_t port_ = 0;
  int wake_fd_ = -1;
  std::atomic<std::uint16_t> target_port_;
  std::atomic<std::int64_t> delay_ms_ = 0;
  std::atomic<bool> stalled_ = false;
  std::atomic<bool> accepting_ = true;
  std::atomic<int> command_ = kNone;  ///< kNone again when it is done
  std::atomic<std::int64_t> connections_ = 0;
  std::atomic<std::int64_t> bytes_ = 0;
  std::unique_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace dyna::testing_support
