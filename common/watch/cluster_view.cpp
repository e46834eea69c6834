#include "common/watch/cluster_view.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <set>
#include <thread>
#include <utility>

namespace dyna::watch {
namespace {

using std::chrono::seconds;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
/// A process that hangs costs its asker a second.
constexpr std::size_t kAskers = 8;
constexpr seconds kRemembered{60};

struct Series {
  std::string_view name = {};
  std::string_view part = {};
  std::string_view other_part = {};
};
constexpr std::string_view kReal = "table=\"real\"";
constexpr std::string_view kSynthetic = "table=\"synthetic\"";
constexpr std::string_view kAppended = "outcome=\"appended\"";
constexpr std::string_view kInserts = telemetry::metrics::kReplayInserts.name;
constexpr std::string_view kSamples = telemetry::metrics::kReplaySamples.name;
constexpr std::string_view kLearned = telemetry::metrics::kLearnerSampledItems.name;
constexpr std::string_view kSecondsOfRole = telemetry::metrics::kRoleSeconds.name;
/// By Count.
constexpr std::array<Series, kCounts> kSeries = {{
    {telemetry::metrics::kActorSteps.name},
    {kInserts, kReal, kAppended},
    {kInserts, kSynthetic, kAppended},
    {kSamples, kReal},
    {kSamples, kSynthetic},
    {telemetry::metrics::kModelRows.name},
    {telemetry::metrics::kModelTrainings.name},
    {telemetry::metrics::kImaginationSteps.name},
    {telemetry::metrics::kLearnerUpdates.name},
    {kLearned, kReal},
    {kLearned, kSynthetic},
    {telemetry::metrics::kPolicyVersion.name},
    {kSecondsOfRole, "state=\"waiting_for_"},
    {kSecondsOfRole},
    {"dyna_imagination_model_age_versions_sum"},
    {"dyna_imagination_model_age_versions_count"},
}};

Member::Counts CountsOf(const Scrape& scrape) {
  Member::Counts counts{};
  for (std::size_t i = 0; i < kCounts; ++i) {
    counts[i] = scrape.Sum(kSeries[i].name, {kSeries[i].part, kSeries[i].other_part});
  }
  return counts;
}

/// An evaluator is an actor by its rights; what it does is another thing.
std::string RoleOf(const Scrape& scrape) {
  const bool evaluates =
      std::isfinite(scrape.Sum(telemetry::metrics::kRoleSeconds.name, {"state=\"evaluating\""}));
  const bool steps = std::isfinite(scrape.Sum(telemetry::metrics::kActorSteps.name));
  return scrape.role == "actor" && evaluates && !steps ? "evaluator" : scrape.role;
}

double BlockedSeconds(const Scrape& scrape) {
  const double since = scrape.Sum(telemetry::metrics::kBlockedSince.name);
  if (!(since > 0.0) || !scrape.state.starts_with("waiting_for_")) return 0.0;
  const double now = telemetry::Seconds(std::chrono::system_clock::now().time_since_epoch());
  return std::max(now - since, 0.0);
}

std::vector<std::optional<Scrape>> AskAll(const std::vector<Target>& targets) {
  std::vector<std::optional<Scrape>> answers(targets.size());
  std::atomic<std::size_t> next = 0;
  const auto ask = [&] {
    for (auto i = next++; i < targets.size(); i = next++) answers[i] = targets[i].ask();
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(kAskers, targets.size()); ++i) others.emplace_back(ask);
  ask();
  others.clear();  // joins
  return answers;
}

/// Who is reached at two addresses (the process that asks is in cluster.metrics too; one that was
/// restarted has another address) is one process: the first that answers stands for it.
std::vector<Member> EachOnce(std::vector<Member> members) {
  const auto name = [](const Member& member) { return std::pair(member.role, member.instance); };
  std::set<std::pair<std::string, std::string>> answering;
  std::vector<Member> once;
  for (Member& member : members) {
    if (!member.answered || answering.insert(name(member)).second) {
      once.push_back(std::move(member));
    }
  }
  std::erase_if(once, [&](const Member& member) {
    return !member.answered && answering.contains(name(member));
  });
  return once;
}

}  // namespace

Target HttpTarget(const std::string& host, int port) {
  const bool v6 = host.find(':') != std::string::npos;
  return {.address = (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port),
          .instance = {},
          .role = {},
          .ask = [host, port] { return FetchScrape(host, port); }};
}

double Member::Rate(Count count, double window) const {
  const auto i = static_cast<std::size_t>(count);
  if (history.size() < 2) return kNaN;
  const auto& [now, newest] = history.back();
  // The newest entry that is a window old, else the oldest.
  auto from = history.begin();
  for (auto it = history.begin(); it + 1 != history.end(); ++it) {
    if (telemetry::Seconds(now - it->first) >= window) from = it;
  }
  const double passed = telemetry::Seconds(now - from->first);
  return passed > 0.0 ? (newest[i] - from->second[i]) / passed : kNaN;
}

double Member::waiting_share() const {
  const double all = Rate(Count::kSeconds);
  const double waiting = Rate(Count::kWaitingSeconds);
  if (!(all > 0.0)) return kNaN;
  return std::isnan(waiting) ? 0.0 : std::clamp(waiting / all, 0.0, 1.0);
}

Work WorkOf(const Member& member) {
  const Scrape& scrape = member.scrape;
  if (member.role == "learner") {
    return {member.Rate(Count::kUpdates), "updates/s", scrape.at("dyna_policy_version")};
  }
  if (member.role == "imagination") return {member.Rate(Count::kImagined), "rows/s", kNaN};
  if (member.role == "model-server") {
    return {60.0 * member.Rate(Count::kTrainings, 60.0), "trainings/min",
            scrape.at("dyna_model_version")};
  }
  if (member.role == "replay") {
    return {member.Rate(Count::kRealSamples) + member.Rate(Count::kSyntheticSamples), "rows out/s",
            kNaN};
  }
  if (member.role == "actor") {
    return {member.Rate(Count::kEnvSteps), "steps/s", scrape.at("dyna_actor_policy_version")};
  }
  return {kNaN, "", kNaN};
}

std::vector<Member> ClusterView::Look(const std::vector<Target>& targets) {
  auto answers = AskAll(targets);
  const auto now = now_();
  std::set<std::string> asked;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    Known& known = known_[targets[i].address];
    asked.insert(targets[i].address);
    Member& member = known.member;
    if (member.address.empty()) {
      member.address = targets[i].address;
      member.instance = targets[i].instance.empty() ? member.address : targets[i].instance;
      member.role = targets[i].role;
    }
    member.answered = answers[i].has_value();
    if (answers[i]) Take(known, std::move(*answers[i]), now);
  }
  std::erase_if(known_, [&](const auto& entry) {
    const auto& answered_at = entry.second.answered_at;
    const bool forgotten = !answered_at || now - *answered_at > kRemembered;
    return forgotten && !asked.contains(entry.first);
  });
  for (auto& [address, known] : known_) {
    if (!asked.contains(address)) known.member.answered = false;
    if (known.answered_at) {
      known.member.silent_seconds = telemetry::Seconds(now - *known.answered_at);
    }
  }
  std::vector<Member> members;
  for (const Target& target : targets) members.push_back(known_.at(target.address).member);
  for (const auto& [address, known] : known_) {
    if (!asked.contains(address)) members.push_back(known.member);
  }
  return EachOnce(std::move(members));
}

void ClusterView::Take(Known& known, Scrape scrape, Member::TimePoint now) {
  Member& member = known.member;
  known.answered_at = now;
  if (!scrape.instance.empty()) member.instance = scrape.instance;
  if (!scrape.role.empty()) member.role = RoleOf(scrape);
  member.blocked_seconds = BlockedSeconds(scrape);
  const Member::Counts counts = CountsOf(scrape);
  auto& history = member.history;
  for (std::size_t i = 0; !history.empty() && i < kCounts; ++i) {
    if (counts[i] < history.back().second[i]) history.clear();  // another life of it
  }
  history.emplace_back(now, counts);
  while (now - history.front().first > kRemembered) history.pop_front();
  member.scrape = std::move(scrape);
}

}  // namespace dyna::watch
