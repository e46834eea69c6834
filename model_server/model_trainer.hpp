#pragma once

#include <cstdint>
#include <memory>

#include "common/config/config.hpp"
#include "common/core/env_spec.hpp"
#include "common/core/error.hpp"
#include "common/core/state_dict.hpp"
#include "common/ports/replay_port.hpp"
#include "common/ports/weights_port.hpp"
#include "model_server/dynamics/model_options.hpp"
#include "model_server/dynamics/train_report.hpp"

namespace dyna::dynamics {
class Dataset;
class DynamicsModel;
}  // namespace dyna::dynamics

namespace dyna::model_server {

/// Core of the model server: keeps the dynamics model fitted to the real table. Knows no
/// sockets, threads or clock, and not when to train: the caller calls Step().
class ModelTrainer {
 public:
  struct Options {
    dynamics::ModelOptions model = {};
    std::int64_t rows_min = 2;           ///< fewer rows: kBackpressure
    std::int64_t read_rows_max = 65536;  ///< of one read from replay
    double error_max = 1e12;             ///< hold-out MSE above which a training has diverged

    /// Reads "model.*" and "run.seed".
    static Options From(Config& config, const EnvSpec& spec);
  };

  /// The ports are borrowed and must outlive the trainer.
  ModelTrainer(const Options& options, const EnvSpec& spec, ReplayPort& replay,
               WeightsPort& weights);
  ~ModelTrainer();
  ModelTrainer(const ModelTrainer&) = delete;
  ModelTrainer& operator=(const ModelTrainer&) = delete;

  /// 1. reads the rows of "real" that are new; 2. trains on all rows held; 3. publishes the
  /// weights; 4. reports. kBackpressure while there are fewer rows than rows_min; the rows read
  /// are kept. DivergenceError when an elite's hold-out error is not finite or above error_max:
  /// nothing is published and the model is the one before this training.
  Result<dynamics::TrainReport> Step();

  /// Version of the last published weights; 0 = none. Equals the number of trainings, but for
  /// what LoadModel() skips.
  std::uint64_t version() const noexcept { return version_; }
  /// Real rows that replay evicted before they were read.
  std::uint64_t rows_missed() const noexcept { return rows_missed_; }

  /// Weights, moments, dataset, cursor, version, random streams. The dataset is included because
  /// replay may have evicted rows that it still holds: re-reading would not be bit-identical.
  void Save(StateDict& state) const;
  /// The model and its version only, for a process that reads the rows again from replay.
  void SaveModel(StateDict& state) const;
  /// Goes on with what SaveModel() saved and publishes it. `published` is the greatest version
  /// that an earlier life may have published after it was saved: readers know that one already,
  /// so this one goes out under the next (promise P7).
  void LoadModel(const StateDict& state, std::uint64_t published);
  /// Also publishes the loaded version again if the port has none as new.
  void Load(const StateDict& state);

 private:
  Status ReadNewRows();
  void Publish();

  Options options_;
  ReplayPort& replay_;
  WeightsPort& weights_;
  std::unique_ptr<dynamics::Dataset> dataset_;
  std::unique_ptr<dynamics::DynamicsModel> model_;
  std::uint64_t cursor_ = 0;
  std::uint64_t rows_missed_ = 0;
  std::uint64_t version_ = 0;
};

}  // namespace dyna::model_server
