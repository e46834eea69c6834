#include "common/telemetry/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "common/core/check.hpp"
#include "common/telemetry/process_metrics.hpp"

namespace dyna::telemetry {
namespace {

using Labels = std::map<std::string, std::string>;

Labels MakeLabels(const MetricDefinition& metric, MetricKind kind,
                  std::initializer_list<std::string_view> values) {
  const auto count = std::count_if(metric.labels.begin(), metric.labels.end(),
                                   [](std::string_view label) { return !label.empty(); });
  DYNA_CHECK_MSG(metric.kind == kind, metric.name << " is of another kind");
  DYNA_CHECK_MSG(static_cast<std::size_t>(count) == values.size(),
                 metric.name << " has " << count << " labels, not " << values.size());
  Labels labels;
  std::size_t i = 0;
  for (const std::string_view value : values) labels.emplace(metric.labels.at(i++), value);
  return labels;
}

}  // namespace

void Counter::Add(double amount) { counter_->Increment(amount); }
double Counter::value() const { return counter_->Value(); }
void Gauge::Set(double value) { gauge_->Set(value); }
double Gauge::value() const { return gauge_->Value(); }
void Histogram::Observe(double value) { histogram_->Observe(value); }

void FollowedCounter::Follow(double count) {
  if (started_ && count > last_) counter_.Add(count - last_);
  started_ = true;
  last_ = count;
}

struct Metrics::Impl {
  explicit Impl(const Clock& clock) : started_at(clock.wall()) {}
  prometheus::Registry registry;
  std::chrono::system_clock::time_point started_at;
};

Metrics::Metrics(Program program, const Clock& clock)
    : program_(std::move(program)), impl_(std::make_unique<Impl>(clock)) {
  gauge(metrics::kBuildInfo, {program_.version, program_.revision}).Set(1.0);
}

Metrics::~Metrics() = default;

Counter Metrics::counter(const MetricDefinition& metric,
                         std::initializer_list<std::string_view> labels) {
  auto& family = prometheus::BuildCounter()
                     .Name(std::string(metric.name))
                     .Help(std::string(metric.help))
                     .Register(impl_->registry);
  return Counter(family.Add(MakeLabels(metric, MetricKind::kCounter, labels)));
}

Gauge Metrics::gauge(const MetricDefinition& metric,
                     std::initializer_list<std::string_view> labels) {
  auto& family = prometheus::BuildGauge()
                     .Name(std::string(metric.name))
                     .Help(std::string(metric.help))
                     .Register(impl_->registry);
  return Gauge(family.Add(MakeLabels(metric, MetricKind::kGauge, labels)));
}

Histogram Metrics::histogram(const MetricDefinition& metric,
                             std::initializer_list<std::string_view> labels) {
  auto& family = prometheus::BuildHistogram()
                     .Name(std::string(metric.name))
                     .Help(std::string(metric.help))
                     .Register(impl_->registry);
  const std::vector<double> buckets(metric.buckets.begin(), metric.buckets.end());
  return Histogram(family.Add(MakeLabels(metric, MetricKind::kHistogram, labels), buckets));
}

std::string Metrics::Text() const {
  auto families = impl_->registry.Collect();
  for (auto& family : CollectProcess(impl_->started_at)) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace dyna::telemetry
