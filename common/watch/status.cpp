#include "common/watch/status.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/telemetry/metric_names.hpp"
#include "common/watch/json.hpp"

namespace dyna::watch {
namespace {

namespace m = telemetry::metrics;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view kReal = "table=\"real\"";
constexpr std::string_view kSynthetic = "table=\"synthetic\"";
constexpr std::size_t kTextMax = 400;

/// Over the members that answer and have the count; NaN if none has.
double RateOver(const std::vector<Member>& members, Count count, double window = 10.0) {
  double sum = kNaN;
  for (const Member& member : members) {
    const double rate = member.answered ? member.Rate(count, window) : kNaN;
    if (!std::isnan(rate)) sum = std::isnan(sum) ? rate : sum + rate;
  }
  return sum;
}

/// Of the newest answers, also of members that do not answer any more.
double SumOver(const std::vector<Member>& members, std::string_view name,
               const std::vector<std::string_view>& parts = {}) {
  double sum = kNaN;
  for (const Member& member : members) {
    const double value = member.scrape.Sum(name, parts);
    if (!std::isnan(value)) sum = std::isnan(sum) ? value : sum + value;
  }
  return sum;
}

double HoldoutLoss(const std::vector<Member>& members) {
  double sum = 0.0;
  double count = 0.0;
  for (const Member& member : members) {
    for (const auto& [series, value] : member.scrape.values) {
      if (!series.starts_with(m::kModelHoldoutLoss.name)) continue;
      sum += value;
      count += 1.0;
    }
  }
  return count > 0.0 ? sum / count : kNaN;
}

/// "actor-3" -> 3; NaN if its name ends in none.
double IndexOf(const std::string& instance) {
  const auto dash = instance.rfind('-');
  const bool digits = dash != std::string::npos && dash + 1 < instance.size() &&
                      instance.size() - dash < 10 &&
                      std::all_of(instance.begin() + static_cast<std::ptrdiff_t>(dash) + 1,
                                  instance.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? std::stod(instance.substr(dash + 1)) : kNaN;
}

}  // namespace

std::string MemberJson(const Member& member) {
  const Work work = WorkOf(member);
  const Scrape& scrape = member.scrape;
  return JsonObject()
      .Text("instance", member.instance.substr(0, kTextMax))
      .Text("role", member.role.substr(0, kTextMax))
      .Number("index", IndexOf(member.instance))
      .Text("address", member.address)
      .Bool("answered", member.answered)
      .Number("silent_seconds", member.silent_seconds.value_or(kNaN))
      .Bool("healthy", scrape.healthy)
      .Text("state", scrape.state.substr(0, kTextMax))
      .Number("state_seconds", scrape.state_seconds)
      .Number("waiting_share", member.waiting_share())
      .Number("blocked_seconds", member.blocked_seconds)
      .Text("reason", scrape.waits_for.substr(0, kTextMax))
      .Number("rate", work.rate)
      .Text("unit", work.unit)
      .Number("version", work.version)
      .Number("memory_bytes", scrape.at("process_resident_memory_bytes"))
      .text();
}

std::string FlowsJson(const std::vector<Member>& members) {
  const auto rate = [&members](Count count) { return RateOver(members, count); };
  const double learned_real = rate(Count::kLearnedReal);
  return JsonObject()
      .Number("env_steps", rate(Count::kEnvSteps))
      .Number("real_rows", rate(Count::kRealRows))
      .Number("synthetic_rows", rate(Count::kSyntheticRows))
      .Number("learned_real", learned_real)
      .Number("learned_synthetic", rate(Count::kLearnedSynthetic))
      // What the shards hand out beside the learner's batches is where imagination starts from.
      .Number("start_states", std::max(rate(Count::kRealSamples) - learned_real, 0.0))
      .Number("model_rows", RateOver(members, Count::kModelRows, 60.0))
      .Number("trainings", RateOver(members, Count::kTrainings, 60.0))
      .Number("updates", rate(Count::kUpdates))
      .Number("policies", rate(Count::kPolicies))
      .text();
}

std::string TotalsJson(const std::vector<Member>& members) {
  const auto sum = [&members](const telemetry::MetricDefinition& metric,
                              const std::vector<std::string_view>& parts = {}) {
    return SumOver(members, metric.name, parts);
  };
  return JsonObject()
      .Number("real_rows", sum(m::kLearnerRows, {kReal}))
      .Number("real_allowed", sum(m::kLearnerAllowedRows, {kReal}))
      .Number("synthetic_rows", sum(m::kLearnerRows, {kSynthetic}))
      .Number("synthetic_allowed", sum(m::kLearnerAllowedRows, {kSynthetic}))
      .Number("real_items", sum(m::kReplayItems, {kReal}))
      .Number("synthetic_items", sum(m::kReplayItems, {kSynthetic}))
      .Number("replay_bytes", sum(m::kReplayBytes))
      .Number("updates", sum(m::kLearnerUpdates))
      .Number("real_ratio", sum(m::kLearnerRealRatio))
      .Number("policy_version", sum(m::kPolicyVersion))
      .Number("model_version", sum(m::kModelVersion))
      .Number("model_age",
              RateOver(members, Count::kModelAgeSum) / RateOver(members, Count::kModelAgeCount))
      .Number("holdout_mse", HoldoutLoss(members))
      .text();
}

}  // namespace dyna::watch
