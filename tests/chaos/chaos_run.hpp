#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/core/rng.hpp"
#include "tests/chaos/ledger.hpp"
#include "tests/chaos/load.hpp"
#include "tests/chaos/overseer.hpp"
#include "tests/chaos/power_cut.hpp"
#include "tests/chaos/shard_process.hpp"
#include "tests/chaos/shim/points.hpp"
#include "tests/support/chaos_proxy.hpp"

namespace dyna::chaos {

/// What befalls one life of the shard.
struct Blow {
  /// Of the shim: "POINT:N:ACTION[:COUNT],..." (shim/points.hpp); may be empty.
  std::string plan = {};
  /// The plan ends the life. Otherwise the harness does, at a random moment.
  bool ends_life = false;
  bool power_cut = false;
  /// Acknowledged before the harness ends the life, so that it outlives the plan.
  std::uint64_t rows_min = 0;
};

/// One shard's folder through many lives and deaths of the shard, under load all the time. The
/// same seed does the same things in the same order; when they hit, threads and the disk decide.
class ChaosRun {
 public:
  struct Options {
    std::uint64_t seed = 0;
    std::string program = {};
    std::string shim = {};    ///< empty: without it, so neither plans nor power cuts
    std::string always = {};  ///< a plan for every life: what makes a shard a broken one
    /// More of its table of the config.
    std::string replay = "snapshot_mib = 1\nsegment_mib = 1\n";
    Load::Options load = {};
    std::uint64_t rows_per_life = 6000;  ///< acknowledged, at most, before a random kill
  };
  explicit ChaosRun(const Options& options);
  ~ChaosRun();
  ChaosRun(const ChaosRun&) = delete;
  ChaosRun& operator=(const ChaosRun&) = delete;

  /// Starts the shard, checks all that it has recovered, loads it, and ends its life.
  void Live(const Blow& blow);
  /// A life without faults, in which all that is under way arrives; then everything is checked.
  void End();

  /// What a life without load finds.
  struct Look {
    std::optional<int> status = {};  ///< it ended at once
    std::string output = {};
    Ledger::Found found = {};
  };
  /// Starts the shard with one more key ("KEY=VALUE"; may be empty), reads all, kills it. Judges
  /// nothing.
  Look LookIn(const std::string& set);

  struct Report {
    std::uint64_t lives = 0;
    std::uint64_t kills = 0;
    std::uint64_t power_cuts = 0;
    std::uint64_t resets = 0;  ///< of all connections
    std::uint64_t missed = 0;  ///< plans that never came true
    std::uint64_t deaths = 0;  ///< of producers
    std::uint64_t fenced = 0;
    std::uint64_t acked = 0;
    Ledger::Found last = {};  ///< of the last check
    Hits hits = {};
    std::vector<std::string> violations = {};  ///< of all checks; none is how it should be
    void Add(const Report& other);
    std::string text() const;
  };
  Report report() const;
  bool broken() const noexcept { return !report_.violations.empty(); }
  Disk& disk() noexcept { return *disk_; }

 private:
  void Start(const std::string& plan, const std::string& set = "");
  /// False if the shard ended before, or was found to be wrong.
  bool AwaitStart();
  bool CheckAll();
  void Drive(const Blow& blow);
  void Disturb();
  void Die(bool power_cut);
  bool Patient();
  void Violated(const std::string& what);
  Hits ReadHits() const;

  Options options_;
  Rng rng_;
  std::filesystem::path root_;
  std::unique_ptr<Disk> disk_;
  Ledger ledger_;
  std::unique_ptr<testing_support::ChaosProxy> proxy_;
  std::unique_ptr<Load> load_;
  std::unique_ptr<ShardProcess> shard_;
  std::unique_ptr<Overseer> overseer_;
  std::chrono::steady_clock::time_point life_began_ = {};
  std::string plan_;
  std::string last_cut_;
  Report report_;
};

}  // namespace dyna::chaos
