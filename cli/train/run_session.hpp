#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/train/lockstep_trainer.hpp"
#include "common/run/csv_file.hpp"
#include "common/run/run_folder.hpp"
#include "common/run/signal_stop.hpp"
#include "common/run/tensorboard_file.hpp"
#include "common/telemetry/progress_view.hpp"

namespace dyna::cli {

/// One session of a run: drives the trainer and keeps its folder: evaluations into progress.csv,
/// episodes into episodes.csv, checkpoints, the live view.
class RunSession {
 public:
  /// `tensorboard`: whether evaluations go into TensorBoard's event file too.
  static RunSession Begin(RunFolder folder, std::unique_ptr<LockstepTrainer> trainer,
                          bool tensorboard);
  /// From the newest good checkpoint; rows written after it are cut off and made again.
  static RunSession Resume(RunFolder folder, std::unique_ptr<LockstepTrainer> trainer);

  /// True when the run is complete, false when `stop` ended it early. DivergenceError, with the
  /// step and the checkpoint that was saved of the state before it, when a core diverges.
  bool Run(const SignalStop& stop);
  /// Saves the run as it is now.
  void SaveCheckpoint();

 private:
  RunSession(RunFolder folder, std::unique_ptr<LockstepTrainer> trainer, CsvFile progress,
             CsvFile episodes);

  void StepOnce();
  void Evaluate();
  actors::Evaluation PlayEvaluation();
  /// What to say of an error of the environment, now that the checkpoint is written.
  std::string SavedAfter(const std::string& error) const;
  void WriteEpisodes();
  void ShowProgress();

  RunFolder folder_;
  std::unique_ptr<LockstepTrainer> trainer_;
  CsvFile progress_;
  CsvFile episodes_;
  std::optional<TensorboardFile> tensorboard_;
  telemetry::ProgressView view_;
  std::optional<double> eval_return_;
  double shown_at_ = 0.0;
  std::int64_t shown_step_ = 0;
  double steps_per_second_ = 0.0;
};

}  // namespace dyna::cli
