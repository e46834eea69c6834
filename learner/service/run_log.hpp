#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/core/state_dict.hpp"
#include "common/run/csv_file.hpp"
#include "common/run/run_folder.hpp"
#include "common/run/tensorboard_file.hpp"
#include "common/wire/messages_report.hpp"
#include "learner/algorithms/algorithm.hpp"

namespace dyna::learner {

/// What the learner writes down of a cluster's run: progress.csv, a row per evaluation, and
/// episodes.csv, a row per episode of any actor; both as `dyna train` writes them. Each report is
/// written once, however often it comes.
class RunLog {
 public:
  /// What the learner itself knows when a row is written.
  struct Progress {
    double wall_seconds = 0.0;
    std::int64_t updates = 0;
    std::uint64_t synthetic_steps = 0;
    Losses losses = {};
  };

  /// A new run: starts both files.
  /// `tensorboard`: evaluations go into TensorBoard's event file too.
  static RunLog Begin(const RunFolder& folder, const Losses& losses, bool tensorboard);
  /// Goes on with the files of a checkpoint: what was written after it is cut off.
  static RunLog Resume(const RunFolder& folder, const Losses& losses, const StateDict& state);

  void OnReport(const wire::Report& report);
  /// Rows of episodes.csv that are new.
  void OnEpisodes(const wire::EpisodeReport& report, double wall_seconds);
  /// A row of progress.csv and its mean return; nothing if this evaluation is in it already.
  std::optional<double> OnEvaluation(const wire::EvaluationReport& report,
                                     const Progress& progress);

  std::uint64_t evaluations() const noexcept { return evaluations_; }
  /// Real steps at the last evaluation.
  std::uint64_t evaluated_at() const noexcept { return evaluated_at_; }
  /// Newest of the numbers that roles have reported, or NaN; summed over the role's instances.
  double Scalar(wire::Role role, const std::string& name) const;

  /// Where the files end, on the disk for sure.
  void Save(StateDict& state);

 private:
  RunLog(CsvFile progress, CsvFile episodes)
      : progress_(std::move(progress)), episodes_(std::move(episodes)) {}

  using Scalars = std::map<std::string, double>;

  std::vector<std::string> columns_ = {};  ///< of progress.csv
  std::optional<TensorboardFile> tensorboard_ = {};
  CsvFile progress_;
  CsvFile episodes_;
  std::map<std::pair<wire::Role, std::string>, Scalars> reports_;  ///< by role and instance
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint64_t> next_episode_;
  std::uint64_t evaluations_ = 0;
  std::uint64_t evaluated_at_ = 0;
  double train_return_sum_ = 0.0;
  std::int64_t train_episodes_ = 0;
};

}  // namespace dyna::learner
