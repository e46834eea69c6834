#include "cli/env_check.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iomanip>
#include <limits>
#include <set>
#include <sstream>
#include <utility>

#include "common/core/error.hpp"

namespace dyna::cli {
namespace {

using envs::Environment;
using envs::StepResult;

struct Row {
  std::vector<double> obs = {};
  double reward = 0.0;
  bool terminated = false;
  bool truncated = false;
  bool operator==(const Row&) const = default;
};

/// A check that failed: thrown with the sentence that says why.
struct Broken {
  std::string why = {};
};

std::vector<double> Observation(const Environment& environment) {
  std::vector<double> obs(static_cast<std::size_t>(environment.spec().observation.columns()));
  environment.Observe(obs);
  return obs;
}

std::vector<double> RandomAction(const Space& space, Rng& rng) {
  if (space.discrete()) {
    return {static_cast<double>(rng.Below(static_cast<std::uint64_t>(space.n)))};
  }
  std::vector<double> action;
  for (std::size_t i = 0; i < space.low.size(); ++i) {
    // As an actor sends them: through float32.
    action.push_back(
        static_cast<double>(static_cast<float>(rng.Uniform(space.low[i], space.high[i]))));
  }
  return action;
}

std::string Text(const std::vector<double>& values) {
  constexpr std::size_t kShown = 8;
  std::ostringstream text;
  for (std::size_t i = 0; i < std::min(values.size(), kShown); ++i) {
    text << (i == 0 ? "[" : ", ") << values[i];
  }
  text << (values.size() > kShown ? ", ...]" : "]");
  return text.str();
}

class Checker {
 public:
  Checker(const MakeForCheck& make, const EnvCheckOptions& options)
      : make_(make), options_(options), environment_(make({})) {}

  std::vector<Finding> Run() {
    Try("spaces", [this] { return Spaces(); });
    Try("random episodes", [this] { return RandomEpisodes(); });
    Try("same seed", [this] { return SameSeed(); });
    Try("other seeds", [this] { return OtherSeeds(); });
    Try("time limit", [this] { return TimeLimit(); });
    Try("bad actions", [this] { return BadActions(); });
    Try("snapshot", [this] { return SnapshotContinues(); });
    Try("state", [this] { return StateCanBeSet(); });
    Try("picture", [this] { return Picture(); });
    Try("info", [this] { return Finding{.verdict = Verdict::kNote, .words = Fresh()->Info()}; });
    Try("speed", [this] { return Speed(); });
    return std::move(findings_);
  }

 private:
  template <class Check>
  void Try(const std::string& name, Check check) {
    Finding finding;
    try {
      finding = check();
    } catch (const Broken& broken) {
      finding = {.verdict = Verdict::kFailed, .words = broken.why};
    } catch (const OperatorError& error) {
      finding = {.verdict = Verdict::kFailed, .words = error.what()};
      lost_ = true;
    }
    finding.check = name;
    findings_.push_back(std::move(finding));
  }
  static Finding Passed(std::string words) { return {.words = std::move(words)}; }
  static Finding Note(std::string words) {
    return {.verdict = Verdict::kNote, .words = std::move(words)};
  }

  /// The environment, or another one if the last check's error may have left it anywhere.
  Environment* Fresh() {
    if (std::exchange(lost_, false)) environment_ = make_({});
    return environment_.get();
  }

  static Row Advance(Environment& environment, Rng& actions, Rng& dynamics) {
    const auto action = RandomAction(environment.spec().action, actions);
    const StepResult result = environment.Step(action, dynamics);
    return {Observation(environment), result.reward, result.terminated, result.truncated};
  }

  std::vector<Row> Play(Environment& environment, std::uint64_t seed, std::int64_t steps) const {
    Rng actions(seed, "env check actions");
    Rng dynamics(seed, "env check dynamics");
    environment.Reset(dynamics);
    std::vector<Row> rows = {{Observation(environment)}};
    for (std::int64_t i = 0; i < steps; ++i) {
      rows.push_back(Advance(environment, actions, dynamics));
      if (rows.back().terminated || rows.back().truncated) environment.Reset(dynamics);
    }
    return rows;
  }

  Finding Spaces() {
    const EnvSpec& spec = Fresh()->spec();
    const Space& action = spec.action;
    for (std::size_t i = 0; i < action.low.size(); ++i) {
      if (!std::isfinite(action.low[i]) || !std::isfinite(action.high[i])) {
        throw Broken{"action " + std::to_string(i) + " has no bounds: nothing can act at random"};
      }
    }
    return Passed(std::to_string(spec.observation.columns()) + " observed, action " +
                  (action.discrete() ? "1 of " + std::to_string(action.n)
                                     : std::to_string(action.columns()) + " real") +
                  ", time limit " + std::to_string(spec.max_episode_steps));
  }

  Finding RandomEpisodes() {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    std::int64_t ends = 0;
    const auto rows = Play(*Fresh(), options_.seed, options_.steps);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Row& row = rows[i];
      if (!environment_->spec().observation.Contains(row.obs)) {
        throw Broken{"observation " + Text(row.obs) + " after " + std::to_string(i) +
                     " steps is not in its space"};
      }
      if (i == 0) continue;
      low = std::min(low, row.reward);
      high = std::max(high, row.reward);
      ends += row.terminated ? 1 : 0;
    }
    std::ostringstream words;
    words << options_.steps << " steps, rewards in [" << low << ", " << high << "], " << ends
          << " episodes terminated";
    return Passed(words.str());
  }

  Finding SameSeed() {
    const auto other = make_({});
    const std::int64_t steps = std::min<std::int64_t>(options_.steps, 300);
    Play(*other, options_.seed + 99, 17);  // a past must not shine through
    Play(*Fresh(), options_.seed + 98, 17);
    const auto ours = Play(*environment_, options_.seed, steps);
    const auto theirs = Play(*other, options_.seed, steps);
    for (std::size_t i = 0; i < ours.size(); ++i) {
      if (ours[i] == theirs[i]) continue;
      throw Broken{"two of the same seed differ after " + std::to_string(i) +
                   " steps: " + Text(ours[i].obs) + " and " + Text(theirs[i].obs) +
                   "; does it draw random numbers elsewhere?"};
    }
    return Passed("two of one seed agree bit for bit over " + std::to_string(steps) + " steps");
  }

  Finding OtherSeeds() {
    std::set<std::vector<double>> starts;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Rng rng(seed, "env check start");
      Fresh()->Reset(rng);
      starts.insert(Observation(*environment_));
    }
    return Note(std::to_string(starts.size()) + " different starts from 20 seeds");
  }

  Finding TimeLimit() {
    constexpr std::int64_t kLimit = 5;
    const auto limited = make_({"env.max_episode_steps=" + std::to_string(kLimit)});
    Rng actions(options_.seed, "env check actions");
    Rng dynamics(options_.seed, "env check dynamics");
    limited->Reset(dynamics);
    for (std::int64_t step = 1; step <= kLimit; ++step) {
      const Row row = Advance(*limited, actions, dynamics);
      if (row.terminated) return Note("an episode ended before the limit of 5 that was tried");
      if (row.truncated != (step == kLimit)) {
        throw Broken{"with a limit of 5, step " + std::to_string(step) +
                     (row.truncated ? " is truncated" : " is not truncated")};
      }
    }
    return Passed("env.max_episode_steps = 5 truncates step 5 and none before");
  }

  Finding BadActions() {
    Rng rng(options_.seed, "env check bad");
    Fresh()->Reset(rng);
    const Space& space = environment_->spec().action;
    std::vector<double> bad = RandomAction(space, rng);
    bad[0] =
        space.discrete() ? static_cast<double>(space.n) : std::numeric_limits<double>::quiet_NaN();
    const auto before = environment_->Snapshot();
    try {
      environment_->Step(bad, rng);
    } catch (const EnvironmentError&) {
      if (environment_->Snapshot() == before) return Passed("refused, and nothing changes");
      throw Broken{"a refused action changed the state"};
    }
    throw Broken{"the action " + Text(bad) + " was accepted"};
  }

  Finding SnapshotContinues() {
    Play(*Fresh(), options_.seed, 23);
    const auto snapshot = environment_->Snapshot();
    const auto copy = make_({});
    Play(*copy, options_.seed + 7, 11);
    copy->Restore(snapshot);
    Rng actions[2] = {Rng(1, "more"), Rng(1, "more")};
    Rng dynamics[2] = {Rng(2, "more"), Rng(2, "more")};
    constexpr int kSteps = 50;
    for (int step = 0; step < kSteps; ++step) {
      const Row a = Advance(*environment_, actions[0], dynamics[0]);
      const Row b = Advance(*copy, actions[1], dynamics[1]);
      if (!(a == b)) {
        throw Broken{"a restored one differs after " + std::to_string(step + 1) +
                     " steps: " + Text(a.obs) + " and " + Text(b.obs) +
                     "; a resumed run would not be the same: is something missing in its state?"};
      }
      if (!a.terminated && !a.truncated) continue;
      environment_->Reset(dynamics[0]);
      copy->Reset(dynamics[1]);
    }
    return Passed("a restored one goes on bit for bit");
  }

  Finding StateCanBeSet() {
    const auto count = static_cast<std::ptrdiff_t>(Fresh()->spec().state_names.size());
    if (count == 0) return Note("cannot be set");
    Play(*environment_, options_.seed, 13);
    const auto snapshot = environment_->Snapshot();
    const std::vector<double> state(snapshot.begin(), snapshot.begin() + count);
    environment_->SetState(state);
    const auto now = environment_->Snapshot();
    if (!std::equal(state.begin(), state.end(), now.begin())) {
      throw Broken{"the state " + Text(state) + " was set, and is " + Text(now) + " then"};
    }
    return Passed(std::to_string(count) + " values, kept exactly");
  }

  Finding Picture() {
    const auto image = Fresh()->Render();
    if (!image) return Note("draws nothing (Gymnasium's draw with env.render = true)");
    return Passed(std::to_string(image->height) + " x " + std::to_string(image->width) + " pixels");
  }

  Finding Speed() {
    using std::chrono::steady_clock;
    const auto begin = steady_clock::now();
    Play(*Fresh(), options_.seed, options_.steps);
    const std::chrono::duration<double> time = steady_clock::now() - begin;
    std::ostringstream words;
    words << std::fixed << std::setprecision(1)
          << 1e6 * time.count() / static_cast<double>(options_.steps) << " us a step";
    return Note(words.str());
  }

  const MakeForCheck& make_;
  EnvCheckOptions options_;
  std::unique_ptr<Environment> environment_;
  bool lost_ = false;
  std::vector<Finding> findings_;
};

const char* Word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      return "ok";
    case Verdict::kFailed:
      return "FAILED";
    case Verdict::kNote:
      break;
  }
  return "note";
}

}  // namespace

std::vector<Finding> CheckEnvironment(const MakeForCheck& make, const EnvCheckOptions& options) {
  return Checker(make, options).Run();
}

bool PrintFindings(const std::string& name, const std::vector<Finding>& findings,
                   std::ostream& out) {
  out << name << '\n';
  std::int64_t failed = 0;
  for (const Finding& finding : findings) {
    out << "  " << std::left << std::setw(8) << Word(finding.verdict) << std::setw(17)
        << finding.check << finding.words << '\n';
    failed += finding.verdict == Verdict::kFailed ? 1 : 0;
  }
  out << (failed == 0 ? "keeps its promises" : std::to_string(failed) + " failed") << '\n';
  return failed == 0;
}

}  // namespace dyna::cli
