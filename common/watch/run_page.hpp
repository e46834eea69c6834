#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "common/telemetry/http_exposer.hpp"
#include "common/watch/watcher.hpp"

namespace dyna::watch {

/// The page of a run, for a browser: its files, which are compiled into the program, and what they
/// read:
///   GET /api/status          all processes, flows and totals
///   GET /api/curve?since=S   the learning curve (CurveJson)
/// Every answer is made of what a thread of the watcher saw last, or of a bounded read of the run
/// folder's files; the role's loop is not asked.
class RunPage : public telemetry::HttpPages {
 public:
  struct Options {
    std::string run = {};
    std::string environment = {};
    std::int64_t steps = 0;             ///< real steps that the run takes
    std::uint64_t life = 0;             ///< another for each start of the process
    std::filesystem::path folder = {};  ///< of the run; may not be there yet
    Watcher::Options watcher = {};
  };
  /// `self` is the process that serves the page.
  RunPage(Options options, Target self);

  Answer Get(const std::string& path, const Parameters& parameters) const override;

 private:
  std::string Status() const;

  const Options options_;
  const std::unique_ptr<Watcher> watcher_;
};

}  // namespace dyna::watch
