#include "common/watch/watcher.hpp"

#include <utility>

#include "common/net/resolver.hpp"

namespace dyna::watch {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kPeriod{1};
constexpr seconds kIdlePeriod{10};
/// Nobody looks any more.
constexpr seconds kReaderGone{15};

}  // namespace

Watcher::Options Watcher::Options::From(Config& config) {
  Options options;
  for (const std::string& text :
       config.GetStrings("cluster.metrics", {}, 0, static_cast<std::int64_t>(kTargetsMax))) {
    options.others.push_back(net::ConnectEndpoint("cluster.metrics", "tcp://" + text));
  }
  return options;
}

Watcher::Watcher(Options options, Target self)
    : options_(std::move(options)),
      self_(std::move(self)),
      seen_(std::make_shared<Seen>()),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

Watcher::~Watcher() = default;

std::shared_ptr<const Watcher::Seen> Watcher::seen() {
  const auto now = steady_clock::now();
  const auto before = read_at_.exchange(now);
  if (now - before > kPeriod) {
    { const std::lock_guard between_its_look_and_its_sleep(sleep_mutex_); }
    wake_.notify_all();
  }
  const MutexLock lock(mutex_);
  return seen_;
}

void Watcher::Run(const std::stop_token& stop) {
  ClusterView view;
  net::Resolver names({.endpoints = options_.others});
  while (!stop.stop_requested()) {
    names.Poll();
    auto seen = std::make_shared<Seen>();
    std::vector<Target> targets = {self_};
    const auto unless_stopping = [&stop](Target target) {
      target.ask = [&stop, ask = std::move(target.ask)] {
        return stop.stop_requested() ? std::nullopt : ask();
      };
      return target;
    };
    for (const net::Endpoint& address : names.addresses()) {
      if (targets.size() < kTargetsMax) {
        targets.push_back(unless_stopping(HttpTarget(address.host, address.port)));
      } else {
        ++seen->left_out;
      }
    }
    seen->problem = names.problem();
    seen->members = view.Look(targets);
    seen->at = steady_clock::now();
    {
      const MutexLock lock(mutex_);
      seen_ = std::move(seen);
    }
    const auto woken_by_reader = [this] { return steady_clock::now() - read_at_.load() < kPeriod; };
    std::unique_lock lock(sleep_mutex_);
    const bool read = steady_clock::now() - read_at_.load() < kReaderGone;
    if (read) {
      wake_.wait_for(lock, stop, kPeriod, [] { return false; });
    } else {
      wake_.wait_for(lock, stop, kIdlePeriod, woken_by_reader);
    }
  }
}

}  // namespace dyna::watch
