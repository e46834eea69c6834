#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dyna::dynamics {

/// Decides, per member, when hold-out error has improved, and when to stop (MBPO, official
/// code): a member improves when its error falls by more than `improvement_min` relative to its
/// best so far; training stops after more than `patience_epochs` consecutive epochs in which no
/// member improved. Knows no nets.
class EarlyStopper {
 public:
  EarlyStopper(std::int64_t members, double improvement_min, std::int64_t patience_epochs);

  /// Takes one epoch's hold-out errors [E]; returns the members that improved, whose weights the
  /// caller snapshots. A non-finite error never counts; the first finite one always does.
  std::vector<std::int64_t> Observe(std::span<const double> errors);
  bool should_stop() const noexcept { return epochs_without_ > patience_epochs_; }

 private:
  std::vector<double> best_;  ///< [E], +inf until a finite error
  double improvement_min_;
  std::int64_t patience_epochs_;
  std::int64_t epochs_without_ = 0;
};

/// The `count` members of lowest error, best first; ties to the lower index, NaN last.
std::vector<std::int64_t> LowestErrors(std::span<const double> errors, std::int64_t count);

}  // namespace dyna::dynamics
