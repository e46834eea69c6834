#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/core/error.hpp"
#include "common/net/clock.hpp"
#include "common/net/endpoint.hpp"

namespace dyna::net {

/// All addresses of a host as endpoints, sorted, without duplicates; an ipc endpoint or a numeric
/// address is its own. kNotFound saying why. May block for seconds: DNS does.
Result<std::vector<Endpoint>> LookUp(const Endpoint& endpoint);

/// Keeps what a list of endpoints stands for: each name all its addresses, looked up again every
/// `period`, so that a scaled or moved service is found. Look-ups may block, so they run elsewhere
/// (by default on a thread that is started for each and not waited for); this class itself never
/// blocks and is single-threaded.
class Resolver {
 public:
  using LookUpFunction = std::function<Result<std::vector<Endpoint>>(const Endpoint&)>;
  /// Runs its argument, now or later, on any thread.
  using Runner = std::function<void(std::function<void()>)>;
  struct Options {
    std::vector<Endpoint> endpoints = {};
    Milliseconds period{5000};
  };

  explicit Resolver(Options options, Clock clock = std::chrono::steady_clock::now);
  Resolver(Options options, Clock clock, LookUpFunction look_up, Runner runner);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Starts a look-up if one is due, takes the result of one that has ended. True iff addresses()
  /// has changed. A name that cannot be looked up now keeps the addresses it had.
  bool Poll();
  /// Sorted, without duplicates.
  const std::vector<Endpoint>& addresses() const noexcept { return addresses_; }
  /// What was wrong with the names of the last round; empty if nothing.
  const std::string& problem() const noexcept { return problem_; }

 private:
  using Answers = std::vector<Result<std::vector<Endpoint>>>;
  struct Round;  ///< one round of look-ups, shared with the thread that runs it

  bool TakeAnswers(const Answers& answers);

  Options options_;
  Clock clock_;
  LookUpFunction look_up_;
  Runner runner_;
  std::shared_ptr<Round> round_;
  std::optional<TimePoint> next_;
  std::vector<std::vector<Endpoint>> known_;  ///< of each endpoint, its last good answer
  std::vector<Endpoint> addresses_;
  std::string problem_;
};

}  // namespace dyna::net
