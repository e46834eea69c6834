#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/cluster/child_process.hpp"
#include "cli/cluster/cluster_plan.hpp"

namespace dyna::cli {

/// Keeps the processes of a cluster running: one that ends is started again, later each time it
/// ends soon.
class Supervisor {
 public:
  using Clock = std::chrono::steady_clock;

  /// Starts all. Their output goes to `logs`/INSTANCE.log.
  Supervisor(std::vector<PlannedProcess> plan, std::filesystem::path logs);

  struct Event {
    std::string instance = {};
    int status = 0;
    std::chrono::milliseconds restart_in{0};
  };
  /// Restarts what is due and returns what has ended since the last call. OperatorError when a
  /// process ended with status 2, which starting it again would not mend: its last words.
  std::vector<Event> Tend();

  /// True when this one ended with status 0: its work is done.
  bool Completed(const std::string& instance) const;
  /// Ends all: first those who produce, so that they can hand over what they have, then replay and
  /// learner, who take it. SIGTERM, at most `grace` for them to end, then SIGKILL.
  void Stop(std::chrono::milliseconds grace);
  const std::filesystem::path& logs() const noexcept { return logs_; }

 private:
  struct Member {
    PlannedProcess plan = {};
    std::unique_ptr<ChildProcess> process = {};
    Clock::time_point started = {};
    std::optional<Clock::time_point> restart_at = {};
    std::chrono::milliseconds backoff{0};
    bool completed = false;
  };

  void Start(Member& member);
  void StopWave(bool takers, std::chrono::milliseconds grace);
  std::filesystem::path LogOf(const Member& member) const;
  std::optional<Event> Ended(Member& member, int status);

  std::filesystem::path logs_;
  std::vector<Member> members_;
};

}  // namespace dyna::cli
