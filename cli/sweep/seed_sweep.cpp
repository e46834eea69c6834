#include "cli/sweep/seed_sweep.hpp"

#include <csignal>
#include <utility>

#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna::cli {
namespace fs = std::filesystem;
namespace {

fs::path LogOf(const SeedSweep::Run& run) { return run.folder / "train.log"; }

}  // namespace

SeedSweep::SeedSweep(std::vector<Run> runs, std::size_t at_once)
    : runs_(std::move(runs)), at_once_(at_once) {
  DYNA_CHECK(at_once_ >= 1);
  for (const auto& run : runs_) {
    if (fs::exists(run.folder / "config.toml")) {
      throw OperatorError("'" + run.folder.string() +
                          "' already holds a run; go on with it by "
                          "--resume " +
                          run.folder.string() + ", or choose another --out");
    }
  }
}

std::vector<SeedSweep::Ended> SeedSweep::Tend() {
  std::vector<Ended> ended;
  for (auto active = active_.begin(); active != active_.end();) {
    const auto status = active->process->status();
    if (!status) {
      ++active;
      continue;
    }
    const Run& run = *active->run;
    ended.push_back({.run = &run,
                     .status = *status,
                     .last_words = LastLine(LogOf(run)),
                     .refused = !fs::exists(run.folder / "config.toml")});
    if (ended.back().refused) {
      std::error_code ignored;
      fs::remove(LogOf(run), ignored);
      fs::remove(run.folder, ignored);
    }
    active = active_.erase(active);
  }
  while (!stopping_ && next_ < runs_.size() && active_.size() < at_once_) {
    const Run& run = runs_[next_];
    std::error_code error;
    fs::create_directories(run.folder, error);
    if (error)
      throw OperatorError("cannot create '" + run.folder.string() + "': " + error.message());
    active_.push_back(
        {.run = &run, .process = std::make_unique<ChildProcess>(run.arguments, LogOf(run))});
    ++next_;
  }
  return ended;
}

void SeedSweep::Stop() {
  stopping_ = true;
  for (const auto& active : active_) active.process->Signal(SIGTERM);
}

void SeedSweep::Kill() {
  for (const auto& active : active_) active.process->Signal(SIGKILL);
}

bool SeedSweep::finished() const { return active_.empty() && (stopping_ || next_ == runs_.size()); }

}  // namespace dyna::cli
