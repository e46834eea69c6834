#include "tests/chaos/chaos_run.hpp"

#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "common/core/check.hpp"
#include "tests/support/eventually.hpp"

namespace dyna::chaos {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;
using testing_support::kPatience;

/// A plan that has not come true after so many rows will not: the life ends anyway.
constexpr std::uint64_t kRowsForAPlan = 40'000;

fs::path MakeRoot() {
  std::string name = (fs::temp_directory_path() / "dyna_chaos_XXXXXX").string();
  DYNA_CHECK(::mkdtemp(name.data()) != nullptr);
  return name;
}

std::string LastLines(const std::string& text) {
  return text.size() < 1500 ? text : "..." + text.substr(text.size() - 1500);
}

}  // namespace

ChaosRun::ChaosRun(const Options& options)
    : options_(options), rng_(options.seed, "chaos"), root_(MakeRoot()) {
  disk_ = std::make_unique<Disk>(root_ / "shard", root_ / "side");
  std::ofstream(root_ / "config.toml")
      << "[replay]\nbind = \"tcp://127.0.0.1:0\"\nfolder = \"" << disk_->folder().string()
      << "\"\nreal_capacity = 10000000\n"
      << options.replay << "[env]\nname = \"" << ChaosEnvironment().name
      << "\"\n[cluster]\nrun = \"r\"\ninstance = \"replay-0\"\n[log]\nlevel = \"info\"\n";
  proxy_ = std::make_unique<testing_support::ChaosProxy>(testing_support::ChaosProxy::Options{});
  Load::Options load = options.load;
  load.port = proxy_->port();
  load_ = std::make_unique<Load>(load, ledger_, Rng(options.seed, "load"));
}

ChaosRun::~ChaosRun() {
  shard_.reset();
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

void ChaosRun::Violated(const std::string& what) {
  report_.violations.push_back("seed " + std::to_string(options_.seed) + ", life " +
                               std::to_string(report_.lives) + " (" + plan_ +
                               "; before it: " + last_cut_ + "): " + what);
}

bool ChaosRun::Patient() {
  // Stopped where nobody drives it: a snapshot may be due as soon as it has started.
  if (shard_->stopped()) shard_->Signal(SIGCONT);
  if (steady_clock::now() - life_began_ < kPatience) return true;
  Violated("nothing happened for a long time; the shard printed " + LastLines(shard_->output()));
  return false;
}

void ChaosRun::Start(const std::string& plan, const std::string& set) {
  ++report_.lives;
  life_began_ = steady_clock::now();
  plan_ = plan.empty() || options_.always.empty() ? plan + options_.always
                                                  : plan + "," + options_.always;
  std::map<std::string, std::string> environment;
  if (!options_.shim.empty()) {
    environment = {{"LD_PRELOAD", options_.shim},
                   {kFolderVariable, disk_->folder()},
                   {kSideVariable, disk_->side()},
                   {kPlanVariable, plan_}};
  }
  std::vector<std::string> arguments = {"--config", root_ / "config.toml"};
  if (!set.empty()) arguments.insert(arguments.end(), {"--set", set});
  shard_ =
      std::make_unique<ShardProcess>(ShardProcess::Options{.program = options_.program,
                                                           .arguments = std::move(arguments),
                                                           .environment = std::move(environment)});
}

bool ChaosRun::AwaitStart() {
  while (!shard_->port()) {
    if (const auto status = shard_->status()) {
      // Killed by its plan is as it should be; anything else said no.
      if (*status != 128 + SIGKILL) {
        Violated("it does not start: status " + std::to_string(*status) + ", " +
                 LastLines(shard_->output()));
      }
      return false;
    }
    if (shard_->stopped()) shard_->Signal(SIGCONT);
    if (!Patient()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  proxy_->SetTargetPort(*shard_->port());
  const std::uint64_t windows[] = {100, 2000, 100'000'000};
  overseer_ = std::make_unique<Overseer>(*shard_->port(), report_.lives, windows[rng_.Below(3)]);
  return true;
}

bool ChaosRun::CheckAll() {
  std::vector<TransitionBatch> table;
  std::optional<TableCounters> counters;
  while (!(counters = overseer_->Counters()) || !overseer_->Read(table)) {
    if (!Patient() || shard_->status()) return false;
  }
  report_.last = ledger_.Check(table, *counters);
  if (!report_.last.violations.empty()) {
    Violated(report_.last.text() + "\n" + LastLines(shard_->output()));
  }
  const auto unfinished =
      std::count_if(fs::directory_iterator(disk_->folder()), fs::directory_iterator(),
                    [](const auto& entry) { return entry.path().extension() == ".tmp"; });
  if (unfinished > 1) {  // this life may be writing one
    Violated(std::to_string(unfinished) + " unfinished snapshots are in the folder");
  }
  return report_.last.violations.empty();
}

void ChaosRun::Disturb() {
  if (rng_.Uniform() > 0.003) return;
  switch (rng_.Below(4)) {
    case 0:
      proxy_->ResetAll();
      ++report_.resets;
      break;
    case 1:
      proxy_->CutAll();
      ++report_.resets;
      break;
    case 2:
      // Answers that are late are then cut off: the rows are sent again.
      proxy_->SetDelay(std::chrono::milliseconds(rng_.Below(20)));
      break;
    default:
      proxy_->SetDelay(std::chrono::milliseconds(0));
  }
}

void ChaosRun::Drive(const Blow& blow) {
  const std::uint64_t begin = ledger_.rows_acked();
  const std::uint64_t end =
      begin + blow.rows_min + (blow.ends_life ? kRowsForAPlan : rng_.Below(options_.rows_per_life));
  load_->GoOn();
  while (ledger_.rows_acked() < end) {
    load_->Turn();
    overseer_->Turn();
    Disturb();
    if (const auto status = shard_->status()) {
      if (*status != 128 + SIGKILL) {
        Violated("it ended by itself: status " + std::to_string(*status) + ", " +
                 LastLines(shard_->output()));
      }
      return;
    }
    if (shard_->stopped()) {
      // Its clients may give up on it meanwhile; it does not know that it stood still.
      for (int turn = 0; turn < 50; ++turn) load_->Turn();
      shard_->Signal(SIGCONT);
    }
    if (!Patient()) return;
  }
  if (blow.ends_life) ++report_.missed;
}

void ChaosRun::Die(bool power_cut) {
  shard_->Signal(SIGKILL);
  (void)shard_->Wait();
  ++report_.kills;
  overseer_.reset();
  proxy_->ResetAll();
  proxy_->SetDelay(std::chrono::milliseconds(0));
  last_cut_ = plan_.empty() ? "kill" : plan_;
  if (power_cut && !options_.shim.empty()) {
    ++report_.power_cuts;
    last_cut_ += ", power cut: " + disk_->CutPower(rng_).text();
  }
}

void ChaosRun::Live(const Blow& blow) {
  Start(blow.plan);
  if (AwaitStart() && CheckAll()) Drive(blow);
  Die(blow.power_cut);
}

void ChaosRun::End() {
  Start("");
  load_->Pause();
  if (AwaitStart()) {
    while (!load_->flushed() && Patient() && !shard_->status()) {
      load_->Turn();
      overseer_->Turn();
    }
    CheckAll();
  }
  Die(false);
}

ChaosRun::Look ChaosRun::LookIn(const std::string& set) {
  Start("", set);
  Look look;
  while (!shard_->port() && !shard_->status() && Patient()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  look.status = shard_->status();
  if (!look.status) {
    overseer_ = std::make_unique<Overseer>(*shard_->port(), report_.lives, 1);
    std::vector<TransitionBatch> table;
    std::optional<TableCounters> counters;
    while (!(counters = overseer_->Counters()) || !overseer_->Read(table)) {
      if (!Patient() || shard_->status()) break;
    }
    if (counters) look.found = ledger_.Check(table, *counters);
  }
  Die(false);
  look.output = shard_->output();
  return look;
}

Hits ChaosRun::ReadHits() const {
  Hits hits;
  std::ifstream file(disk_->side() / "hits", std::ios::binary);
  if (file) file.read(reinterpret_cast<char*>(&hits), sizeof hits);
  return hits;
}

ChaosRun::Report ChaosRun::report() const {
  Report report = report_;
  report.acked = ledger_.rows_acked();
  report.deaths = load_->deaths();
  report.fenced = load_->fenced();
  report.hits = ReadHits();
  return report;
}

void ChaosRun::Report::Add(const Report& other) {
  lives += other.lives;
  kills += other.kills;
  power_cuts += other.power_cuts;
  resets += other.resets;
  missed += other.missed;
  deaths += other.deaths;
  fenced += other.fenced;
  acked += other.acked;
  last.rows += other.last.rows;
  last.lost += other.last.lost;
  last.doubled += other.last.doubled;
  last.corrupt += other.last.corrupt;
  for (std::size_t i = 0; i < kPoints; ++i) {
    hits.passed[i] += other.hits.passed[i];
    hits.fired[i] += other.hits.fired[i];
  }
  violations.insert(violations.end(), other.violations.begin(), other.violations.end());
}

std::string ChaosRun::Report::text() const {
  std::ostringstream text;
  text << lives << " lives, " << kills << " kills, " << power_cuts << " power cuts, " << resets
       << " resets of all connections, " << deaths << " producers replaced (" << fenced
       << " of them went on and were fenced), " << missed << " plans missed\n"
       << acked << " rows acknowledged, " << last.rows << " found, " << last.lost << " lost, "
       << last.doubled << " doubled, " << last.corrupt << " corrupt\n";
  for (std::size_t i = 0; i < kPoints; ++i) {
    text << kPointNames[i] << ": passed " << hits.passed[i] << ", faults " << hits.fired[i] << '\n';
  }
  for (const std::string& violation : violations) text << "VIOLATED " << violation << '\n';
  return text.str();
}

}  // namespace dyna::chaos
