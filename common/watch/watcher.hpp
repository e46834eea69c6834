#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "common/config/config.hpp"
#include "common/core/mutex.hpp"
#include "common/net/endpoint.hpp"
#include "common/watch/cluster_view.hpp"

namespace dyna::watch {

/// Looks at all processes of a cluster again and again, on a thread of its own: every second while
/// somebody reads, else every ten.
class Watcher {
 public:
  static constexpr std::size_t kTargetsMax = 512;

  struct Options {
    std::vector<net::Endpoint> others = {};  ///< names stand for all their addresses
    /// Reads cluster.metrics. ConfigError.
    static Options From(Config& config);
  };
  struct Seen {
    std::vector<Member> members = {};
    std::size_t left_out = 0;  ///< addresses beyond kTargetsMax
    std::string problem = {};  ///< with the names of cluster.metrics
    std::chrono::steady_clock::time_point at = {};
  };

  /// `self` is this process.
  Watcher(Options options, Target self);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  /// What was seen last, never null. From any thread, at once.
  std::shared_ptr<const Seen> seen();

 private:
  void Run(const std::stop_token& stop);

  const Options options_;
  const Target self_;
  Mutex mutex_;
  std::shared_ptr<const Seen> seen_ DYNA_GUARDED_BY(mutex_);
  std::atomic<std::chrono::steady_clock::time_point> read_at_{};
  std::mutex sleep_mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  ///< last: it uses the others
};

}  // namespace dyna::watch
