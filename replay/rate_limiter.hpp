#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "common/core/error.hpp"
#include "common/core/state_dict.hpp"

namespace dyna::replay {

/// Paces one table: how fast it is sampled and how fast it grows, relative to its own inserts
/// and to those of a driver table. Pure counting: no waiting, no clock, no rows.
///
/// Samples per insert. After `min_size_to_sample` inserts,
///   lead = samples_per_insert * (inserted - min_size_to_sample) - sampled      (in sampled rows)
/// is what inserts have earned and samplers have not used (the cursor of Reverb's limiter).
///   a sample of n rows waits while  size < min_size_to_sample  or  lead - n < -samples_slack
///   an insert of n rows waits while  lead after it > inserts_slack, if that is set, except that
///   a table below min_size_to_sample always takes rows.
/// So  sampled <= samples_per_insert * inserted + samples_slack  at all times.
///
/// Rows per driver row.  inserted <= rows_per_driver_row * driver rows + driver_slack.
///
/// No deadlock. If both sides wait, inserts_slack - samples_per_insert * insert_rows_max < lead
/// and lead < sample_rows_max - samples_slack; Check() demands a band so wide that this is
/// impossible, and requests above the declared *_rows_max are refused rather than left waiting.
class RateLimiter {
 public:
  struct Options {
    double samples_per_insert = 0.0;           ///< rows sampled per row inserted; 0 = unlimited
    std::int64_t min_size_to_sample = 1;       ///< live rows before any limited sample
    double samples_slack = 0.0;                ///< sampled rows that samplers may run ahead
    std::optional<double> inserts_slack = {};  ///< sampled rows that they may lag; unset = any
    std::int64_t sample_rows_max = 1;  ///< largest limited sample; used if inserts_slack is set
    std::int64_t insert_rows_max = 1;  ///< largest append; used if inserts_slack is set
    std::string driver = {};           ///< driver table; empty = none
    double rows_per_driver_row = 0.0;
    double driver_slack = 0.0;             ///< rows the table may run ahead of the ratio
    std::int64_t driver_rows_skipped = 0;  ///< first driver rows, which earn nothing

    /// ConfigError, naming keys and values, where somebody could wait for ever.
    /// `table` and its `capacity` are for the message and the bound of min_size_to_sample.
    void Check(const std::string& table, std::int64_t capacity) const;
  };

  /// Options must have passed Check().
  explicit RateLimiter(Options options) : options_(std::move(options)) { Anchor(); }

  /// Done, kBackpressure naming the limit, its current value and its bound, or kInvalidArgument
  /// if such a request could never pass. `size` is the table's live rows; `driver_inserted` is
  /// read only if a driver is set.
  Status CanInsert(std::int64_t rows, std::int64_t size, std::uint64_t driver_inserted) const;
  Status CanSample(std::int64_t rows, std::int64_t size) const;
  void OnInsert(std::int64_t rows) noexcept { inserted_ += static_cast<std::uint64_t>(rows); }
  void OnSample(std::int64_t rows) noexcept { sampled_ += static_cast<std::uint64_t>(rows); }

  const Options& options() const noexcept { return options_; }
  std::uint64_t inserted() const noexcept { return inserted_; }
  std::uint64_t sampled() const noexcept { return sampled_; }
  /// See above; meaningless if samples_per_insert is 0.
  double lead() const noexcept;

  void Save(StateDict& state) const;
  /// Counts come from the checkpoint, bounds from the options. A ratio that was changed in
  /// between counts from now on: what happened before is neither caught up nor paid back.
  void Load(const StateDict& state, std::uint64_t driver_inserted);

 private:
  void Anchor() noexcept;
  Status CheckDriver(std::int64_t rows, std::uint64_t driver_inserted) const;

  Options options_;
  std::uint64_t inserted_ = 0;
  std::uint64_t sampled_ = 0;
  // Both limits count from these.
  std::uint64_t anchor_inserted_ = 0;
  std::uint64_t anchor_sampled_ = 0;
  std::uint64_t anchor_driver_ = 0;
  std::uint64_t anchor_driven_ = 0;
};

}  // namespace dyna::replay
