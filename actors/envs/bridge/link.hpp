#pragma once

#include <memory>
#include <optional>
#include <string>

#include "actors/envs/bridge/protocol.hpp"
#include "actors/envs/bridge/python_process.hpp"
#include "common/net/context.hpp"
#include "common/net/request_socket.hpp"

namespace dyna::envs::bridge {

/// One conversation with a Python side: a child that it starts, or one that runs elsewhere.
/// Single-threaded. EnvironmentError when there is no right answer, with Python's own words.
class Link {
 public:
  struct Options {
    std::string label = {};  ///< how messages name the environment: "gym:CartPole-v1"
    std::optional<net::Endpoint> remote = {};  ///< none: a child
    PythonProcess::Options python = {};
    net::Milliseconds timeout{60'000};  ///< for one answer
  };

  /// Connects; a child is started and waited for.
  explicit Link(Options options);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// The number that the next question must carry.
  std::uint64_t NextNumber() noexcept { return ++number_; }
  /// Asks and waits for the answer of type `expected`. `doing` says in words what is asked.
  net::Frame Ask(const wire::Bytes& question, Type expected, const std::string& doing);
  [[noreturn]] void Fail(const std::string& what, const std::string& details = {}) const;

 private:
  void Start();
  net::Frame WaitForAnswer(const std::string& doing);
  /// The answer to the question of number_; older ones, of a question that was given up, are
  /// dropped.
  std::optional<net::Frame> TakeAnswer();
  void FailIfEnded(const std::string& doing);
  [[noreturn]] void FailLate(const std::string& doing);
  [[noreturn]] void FailAsItSays(const net::Frame& error, const std::string& doing) const;

  Options options_;
  std::unique_ptr<PythonProcess> process_;  ///< null: elsewhere
  net::Context context_;
  std::optional<net::RequestSocket> socket_;
  std::uint64_t number_ = 0;
};

}  // namespace dyna::envs::bridge
