#include "replay/rate_limiter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <sstream>
#include <vector>

namespace dyna::replay {
namespace {

/// Absorbs rounding in the insert test, which alone could otherwise close a band of exactly the
/// least width by one bit and stop both sides. Far above the error of lead() after 1e12 rows.
constexpr double kLagRounding = 0.5;
/// Lets 0.1 * 30 driver rows earn 3 rows.
constexpr double kRatioRounding = 1e-6;

/// a - b as a real number.
double Difference(std::uint64_t a, std::uint64_t b) noexcept {
  return a >= b ? static_cast<double>(a - b) : -static_cast<double>(b - a);
}

template <class... Parts>
std::string Text(const Parts&... parts) {
  std::ostringstream out;
  out.precision(15);
  (out << ... << parts);
  return out.str();
}

bool FiniteNotNegative(double value) { return std::isfinite(value) && value >= 0.0; }

}  // namespace

void RateLimiter::Options::Check(const std::string& table, std::int64_t capacity) const {
  const auto require = [&table](bool holds, const std::string& what) {
    if (!holds) throw ConfigError("replay table '" + table + "': " + what);
  };
  require(min_size_to_sample >= 1 && min_size_to_sample <= capacity,
          Text("min_size_to_sample = ", min_size_to_sample, " is not in [1, capacity = ", capacity,
               "]: sampling could never begin"));
  require(FiniteNotNegative(samples_per_insert),
          Text("samples_per_insert = ", samples_per_insert, " is not a number >= 0"));
  require(FiniteNotNegative(samples_slack),
          Text("samples_slack = ", samples_slack, " is not a number >= 0"));
  require(sample_rows_max >= 1, Text("sample_rows_max = ", sample_rows_max, " is not >= 1"));
  require(insert_rows_max >= 1, Text("insert_rows_max = ", insert_rows_max, " is not >= 1"));
  if (inserts_slack.has_value()) {
    require(samples_per_insert > 0.0,
            Text("inserts_slack = ", *inserts_slack, " needs samples_per_insert above 0"));
    require(FiniteNotNegative(*inserts_slack),
            Text("inserts_slack = ", *inserts_slack, " is not a number >= 0"));
    const double batches = static_cast<double>(sample_rows_max) +
                           samples_per_insert * static_cast<double>(insert_rows_max);
    require(samples_slack + *inserts_slack >= batches,
            Text("samples_slack + inserts_slack = ", samples_slack, " + ", *inserts_slack,
                 " is below sample_rows_max + samples_per_insert * insert_rows_max = ", batches,
                 ": inserts and samples could wait for each other"));
  }
  require(driver != table, "its driver is itself");
  if (driver.empty()) return;
  require(std::isfinite(rows_per_driver_row) && rows_per_driver_row > 0.0,
          Text("rows_per_driver_row = ", rows_per_driver_row, " is not a number above 0"));
  require(FiniteNotNegative(driver_slack),
          Text("driver_slack = ", driver_slack, " is not a number >= 0"));
  require(driver_rows_skipped >= 0,
          Text("driver_rows_skipped = ", driver_rows_skipped, " is not >= 0"));
}

void RateLimiter::Anchor() noexcept {
  anchor_inserted_ = static_cast<std::uint64_t>(options_.min_size_to_sample);
  anchor_sampled_ = 0;
  anchor_driver_ = static_cast<std::uint64_t>(options_.driver_rows_skipped);
  anchor_driven_ = 0;
}

double RateLimiter::lead() const noexcept {
  return options_.samples_per_insert * Difference(inserted_, anchor_inserted_) -
         Difference(sampled_, anchor_sampled_);
}

Status RateLimiter::CanInsert(std::int64_t rows, std::int64_t size,
                              std::uint64_t driver_inserted) const {
  if (options_.inserts_slack.has_value()) {
    if (rows > options_.insert_rows_max) {
      return Error{ErrorCode::kInvalidArgument,
                   Text("an append of ", rows,
                        " rows is larger than insert_rows_max = ", options_.insert_rows_max)};
    }
    const double after = lead() + options_.samples_per_insert * static_cast<double>(rows);
    if (size >= options_.min_size_to_sample && after > *options_.inserts_slack + kLagRounding) {
      return Error{ErrorCode::kBackpressure,
                   Text("samples_per_insert: samplers would lag by ", after,
                        " rows, more than inserts_slack = ", *options_.inserts_slack)};
    }
  }
  return CheckDriver(rows, driver_inserted);
}

Status RateLimiter::CheckDriver(std::int64_t rows, std::uint64_t driver_inserted) const {
  if (options_.driver.empty()) return Done{};
  const double earned = std::max(0.0, Difference(driver_inserted, anchor_driver_));
  const double bound = options_.rows_per_driver_row * earned + options_.driver_slack;
  const double after = Difference(inserted_, anchor_driven_) + static_cast<double>(rows);
  if (after <= bound + kRatioRounding) return Done{};
  return Error{ErrorCode::kBackpressure,
               Text("rows_per_driver_row: ", after, " rows would be more than ", bound, " = ",
                    options_.rows_per_driver_row, " * ", earned, " rows of '", options_.driver,
                    "' + driver_slack ", options_.driver_slack)};
}

Status RateLimiter::CanSample(std::int64_t rows, std::int64_t size) const {
  if (options_.inserts_slack.has_value() && rows > options_.sample_rows_max) {
    return Error{ErrorCode::kInvalidArgument,
                 Text("a sample of ", rows,
                      " rows is larger than sample_rows_max = ", options_.sample_rows_max)};
  }
  if (size < options_.min_size_to_sample) {
    return Error{ErrorCode::kBackpressure,
                 Text("min_size_to_sample: ", size, " rows held of ", options_.min_size_to_sample)};
  }
  if (options_.samples_per_insert <= 0.0) return Done{};
  const double after = lead() - static_cast<double>(rows);
  if (after >= -options_.samples_slack) return Done{};
  return Error{ErrorCode::kBackpressure,
               Text("samples_per_insert: samples would run ", -after,
                    " rows ahead of inserts, more than samples_slack = ", options_.samples_slack)};
}

void RateLimiter::Save(StateDict& state) const {
  state.Put("counts", std::vector<std::uint64_t>{inserted_, sampled_, anchor_inserted_,
                                                 anchor_sampled_, anchor_driver_, anchor_driven_});
  state.Put("ratios",
            std::vector<double>{options_.samples_per_insert, options_.rows_per_driver_row});
}

void RateLimiter::Load(const StateDict& state, std::uint64_t driver_inserted) {
  std::array<std::uint64_t, 6> counts{};
  state.GetInto("counts", std::span<std::uint64_t>(counts));
  std::array<double, 2> ratios{};
  state.GetInto("ratios", std::span<double>(ratios));
  inserted_ = counts[0];
  sampled_ = counts[1];
  anchor_inserted_ = counts[2];
  anchor_sampled_ = counts[3];
  anchor_driver_ = counts[4];
  anchor_driven_ = counts[5];
  if (ratios[0] != options_.samples_per_insert) {
    anchor_inserted_ = std::max(inserted_, static_cast<std::uint64_t>(options_.min_size_to_sample));
    anchor_sampled_ = sampled_;
  }
  if (ratios[1] != options_.rows_per_driver_row) {
    anchor_driver_ =
        std::max(driver_inserted, static_cast<std::uint64_t>(options_.driver_rows_skipped));
    anchor_driven_ = inserted_;
  }
}

}  // namespace dyna::replay
