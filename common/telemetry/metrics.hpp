#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "common/telemetry/clock.hpp"
#include "common/telemetry/metric_names.hpp"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace dyna::telemetry {

/// Handles of single time series: cheap to copy, valid as long as their Metrics. May be used from
/// any thread.
class Counter {
 public:
  explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
  /// amount >= 0.
  void Add(double amount = 1.0);
  double value() const;

 private:
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  void Set(double value);
  double value() const;

 private:
  prometheus::Gauge* gauge_;
};

class Histogram {
 public:
  explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
  /// Takes a lock: once per request, not once per row.
  void Observe(double value);

 private:
  prometheus::Histogram* histogram_;
};

/// Lets a counter follow a count that a core keeps. The first count is only where it starts from:
/// a core that comes back from a checkpoint with 100,000 updates has not done them just now, and
/// a count that falls (another life of a shard) starts anew.
class FollowedCounter {
 public:
  explicit FollowedCounter(Counter counter) : counter_(counter) {}
  void Follow(double count);

 private:
  Counter counter_;
  double last_ = 0.0;
  bool started_ = false;
};

/// The metrics of one process, named by metric_names.hpp. Ask for every series once, at the
/// start: that makes it appear, at 0, so that rates and alerts have something to start from; and
/// it is slow.
class Metrics {
 public:
  struct Program {
    std::string role = {};      ///< "actor", "replay", ...
    std::string version = {};   ///< of the release
    std::string revision = {};  ///< of the source
  };
  explicit Metrics(Program program, const Clock& clock = {});
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// One value for each label of the definition, in its order.
  Counter counter(const MetricDefinition& metric,
                  std::initializer_list<std::string_view> labels = {});
  Gauge gauge(const MetricDefinition& metric, std::initializer_list<std::string_view> labels = {});
  Histogram histogram(const MetricDefinition& metric,
                      std::initializer_list<std::string_view> labels = {});

  const Program& program() const noexcept { return program_; }
  /// Everything in Prometheus' text format, with the process' own memory, time and files. From
  /// any thread.
  std::string Text() const;

 private:
  struct Impl;
  Program program_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dyna::telemetry
