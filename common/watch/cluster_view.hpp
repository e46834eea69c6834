#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/watch/scrape.hpp"

namespace dyna::watch {

/// Counts of a process whose rates are looked at.
enum class Count : std::uint8_t {
  kEnvSteps,
  kRealRows,       ///< appended to replay
  kSyntheticRows,  ///< appended to replay
  kRealSamples,    ///< rows that replay handed out to anybody
  kSyntheticSamples,
  kModelRows,  ///< real rows that are new to the model
  kTrainings,
  kImagined,
  kUpdates,
  kLearnedReal,  ///< rows in the learner's batches
  kLearnedSynthetic,
  kPolicies,  ///< versions published
  kWaitingSeconds,
  kSeconds,
  kModelAgeSum,  ///< over batches
  kModelAgeCount,
};
inline constexpr std::size_t kCounts = 16;

/// One process to ask.
struct Target {
  std::string address = {};   ///< what it is told apart by
  std::string instance = {};  ///< its name, if that is known before it has said so
  std::string role = {};
  std::function<std::optional<Scrape>()> ask = {};
};
/// The process whose metrics are at an IP address and port.
Target HttpTarget(const std::string& host, int port);

/// What is known of one process.
struct Member {
  using TimePoint = std::chrono::steady_clock::time_point;
  using Counts = std::array<double, kCounts>;  ///< NaN: it has no such count

  std::string address = {};
  std::string instance = {};                  ///< "actor-0"; the address until it has said so
  std::string role = {};                      ///< "actor", "evaluator", ...; empty if unknown
  bool answered = false;                      ///< when asked last
  std::optional<double> silent_seconds = {};  ///< since its last answer; none if never
  Scrape scrape = {};                         ///< its last answer
  double blocked_seconds = 0.0;  ///< for how long it has done nothing but wait; 0 if it has
  std::deque<std::pair<TimePoint, Counts>> history = {};  ///< of the last minute

  /// Growth per second over about the last `window` seconds; NaN if unknown.
  double Rate(Count count, double window = 10.0) const;
  /// Part of its time that it waited for others, 0 to 1; NaN if unknown.
  double waiting_share() const;
};

/// How much a role does, in its own unit, and its version if it has one; NaN if unknown.
struct Work {
  double rate = 0.0;
  std::string unit = {};
  double version = 0.0;
};
Work WorkOf(const Member& member);

/// Asks the processes of a cluster what they do and remembers it for rates: the one source of what
/// `dyna top` and the page show. Single-threaded, but asks several processes at the same time.
class ClusterView {
 public:
  using Now = std::function<Member::TimePoint()>;
  explicit ClusterView(Now now = std::chrono::steady_clock::now) : now_(std::move(now)) {}

  /// Members in the order of the targets, then those that are no target any more, for a minute.
  std::vector<Member> Look(const std::vector<Target>& targets);

 private:
  struct Known {
    Member member = {};
    std::optional<Member::TimePoint> answered_at = {};
  };
  void Take(Known& known, Scrape scrape, Member::TimePoint now);

  Now now_;
  std::map<std::string, Known> known_;  ///< by address
};

}  // namespace dyna::watch
