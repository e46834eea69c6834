#include "cli/cluster/supervisor.hpp"

#include <algorithm>
#include <csignal>
#include <thread>
#include <utility>

#include "common/core/error.hpp"

namespace dyna::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBackoffFirst{500};
constexpr milliseconds kBackoffMax{30'000};
constexpr milliseconds kHealthyAfter{10'000};

}  // namespace

Supervisor::Supervisor(std::vector<PlannedProcess> plan, std::filesystem::path logs)
    : logs_(std::move(logs)) {
  std::error_code error;
  std::filesystem::create_directories(logs_, error);
  if (error) throw OperatorError("cannot create '" + logs_.string() + "': " + error.message());
  for (PlannedProcess& process : plan) {
    members_.emplace_back();
    members_.back().plan = std::move(process);
    Start(members_.back());
  }
}

std::filesystem::path Supervisor::LogOf(const Member& member) const {
  return logs_ / (member.plan.instance + ".log");
}

void Supervisor::Start(Member& member) {
  member.process = std::make_unique<ChildProcess>(member.plan.arguments, LogOf(member));
  member.started = Clock::now();
  member.restart_at.reset();
}

std::vector<Supervisor::Event> Supervisor::Tend() {
  std::vector<Event> events;
  for (Member& member : members_) {
    if (member.restart_at && Clock::now() >= *member.restart_at) Start(member);
    if (!member.process) continue;
    const auto status = member.process->status();
    if (!status) continue;
    if (auto event = Ended(member, *status)) events.push_back(std::move(*event));
  }
  return events;
}

std::optional<Supervisor::Event> Supervisor::Ended(Member& member, int status) {
  member.process.reset();
  if (status == 2) {
    throw OperatorError(member.plan.instance + " cannot go on: " + LastLine(LogOf(member)));
  }
  if (status == 0) {
    member.completed = true;
    return std::nullopt;
  }
  const bool soon = Clock::now() - member.started < kHealthyAfter;
  member.backoff =
      soon ? std::clamp(2 * member.backoff, kBackoffFirst, kBackoffMax) : kBackoffFirst;
  member.restart_at = Clock::now() + member.backoff;
  return Event{.instance = member.plan.instance, .status = status, .restart_in = member.backoff};
}

bool Supervisor::Completed(const std::string& instance) const {
  return std::any_of(members_.begin(), members_.end(), [&](const Member& member) {
    return member.plan.instance == instance && member.completed;
  });
}

void Supervisor::Stop(milliseconds grace) {
  StopWave(/*takers=*/false, grace);
  StopWave(/*takers=*/true, grace);
}

void Supervisor::StopWave(bool takers, milliseconds grace) {
  std::vector<ChildProcess*> wave;
  for (Member& member : members_) {
    const bool takes = member.plan.role == "replay" || member.plan.role == "learner";
    if (member.process && takes == takers) wave.push_back(member.process.get());
  }
  for (ChildProcess* process : wave) process->Signal(SIGTERM);
  const auto end = Clock::now() + grace;
  const auto running = [&wave] {
    return std::any_of(wave.begin(), wave.end(),
                       [](ChildProcess* process) { return !process->status(); });
  };
  while (running() && Clock::now() < end) std::this_thread::sleep_for(milliseconds(20));
  for (ChildProcess* process : wave) process->Signal(SIGKILL);
}

}  // namespace dyna::cli
