#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/core/env_spec.hpp"
#include "common/ports/remote/shard_pool.hpp"
#include "common/ports/remote/weights_desk.hpp"
#include "common/run/run_identity.hpp"
#include "common/service/cluster.hpp"
#include "common/service/host.hpp"
#include "common/service/reporter.hpp"
#include "common/service/reserved_weights.hpp"
#include "common/telemetry/metrics.hpp"
#include "model_server/dynamics/train_report.hpp"
#include "model_server/model_trainer.hpp"
#include "model_server/service/weights_server.hpp"

namespace dyna::model_server {

/// The model server of a cluster: trains the dynamics model whenever model.train_every more real
/// steps were taken, hands its weights to whoever asks, and tells the learner how it went.
class ModelService {
 public:
  /// Reads model.*, cluster.* and what they depend on. ConfigError.
  ModelService(service::Host& host, const service::ClusterOptions& cluster, const EnvSpec& spec);

  void Run();

 private:
  void OpenFolder();
  void SaveCheckpoint() const;
  bool Due();
  void Train();
  void Show(const dynamics::TrainReport& report);

  service::Host& host_;
  std::int64_t learning_starts_;
  std::int64_t train_every_;
  std::filesystem::path folder_;
  RunIdentity identity_ = {};  ///< of the settings that the model depends on
  WeightsDesk desk_;
  std::optional<service::ReservedWeights> weights_;  ///< the desk, with versions of all lives
  std::unique_ptr<WeightsServer> server_;
  std::unique_ptr<ShardPool> replay_;
  std::unique_ptr<net::RequestPipeline> learner_;
  std::unique_ptr<ModelTrainer> trainer_;
  std::optional<service::Reporter> reporter_;
  telemetry::Gauge version_series_;
  telemetry::Counter trainings_series_;
  telemetry::FollowedCounter rows_series_;
  std::vector<telemetry::Gauge> holdout_series_ = {};  ///< by member
  std::int64_t trained_rows_ = 0;  ///< real steps taken when the last training began
  std::int64_t gradient_steps_ = 0;
  std::string waits_for_;
};

}  // namespace dyna::model_server
