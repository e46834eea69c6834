#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dyna::dynamics {

/// Probability, if scores `now` were on average no lower than `best`, of a drop at least as clear
/// as the one seen: a one-sided paired test on the rows' differences, Student's t below 1,000 rows
/// and the normal from there on. 1 when a score of `now` is not finite, else 0 when one of `best`
/// is not. Needs two rows.
double PairedDropProbability(std::span<const double> now, std::span<const double> best);

/// Decides when scores of validation rows (lower is better) have improved and when to stop (DHMBPO,
/// Kubo et al. 2025, official code): p < `p_best` makes a new best; p < `p_reset` restarts the
/// count; else the epoch counts against the patience. Knows no nets.
class PairedStopper {
 public:
  struct Options {
    double p_best = 0.1;
    double p_reset = 0.5;
    std::int64_t patience_epochs = 0;
  };

  /// `initial`: the scores before training, the first best.
  PairedStopper(const Options& options, std::vector<double> initial);

  /// Takes one epoch's scores; true when they are the new best, whose weights the caller snapshots.
  bool Observe(std::vector<double> scores);
  bool should_stop() const noexcept { return epochs_without_ > options_.patience_epochs; }

 private:
  Options options_;
  std::vector<double> best_;
  std::int64_t epochs_without_ = 0;
};

}  // namespace dyna::dynamics
