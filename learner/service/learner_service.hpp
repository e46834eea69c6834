#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/core/env_spec.hpp"
#include "common/net/server.hpp"
#include "common/ports/remote/shard_pool.hpp"
#include "common/ports/remote/weights_desk.hpp"
#include "common/run/run_folder.hpp"
#include "common/run/run_identity.hpp"
#include "common/service/cluster.hpp"
#include "common/service/host.hpp"
#include "common/service/reserved_weights.hpp"
#include "learner/learner.hpp"
#include "learner/pacing/pacer.hpp"
#include "learner/service/learning_metrics.hpp"
#include "learner/service/run_log.hpp"
#include "learner/service/watched_replay.hpp"

namespace dyna::learner {

/// Key run.steps: real steps after which the run is complete.
std::int64_t RunSteps(Config& config);
/// Key cluster.folder: where the learner keeps the run.
std::filesystem::path RunFolderPath(service::Host& host);

/// The learner of a cluster: updates at its ratio, grants rows to the shards so that nobody runs
/// ahead, hands out the policy, and keeps the run folder. Ends when run.steps were taken, learned
/// from and evaluated.
class LearnerService : public net::Handler {
 public:
  /// Reads learner.*, run.*, cluster.* and what they depend on; goes on with the run folder
  /// cluster.folder if it holds a checkpoint. OperatorError.
  LearnerService(service::Host& host, const service::ClusterOptions& cluster, const EnvSpec& spec);

  void Run();

 private:
  Result<wire::Welcome> OnHello(net::PeerId peer, const wire::Hello& hello) override;
  void OnRequest(net::Request request, const wire::Hello& client) override;
  void OnReport(const net::Request& request);
  void OnEvaluation(const net::Request& request);

  void OpenFolder(const std::filesystem::path& path);
  void PollNetwork();
  void Pace();
  void ShowPace();
  bool StepOnce();
  bool Finished();
  bool CheckpointDue();
  void SaveCheckpoint();
  double WallSeconds() const;
  std::uint64_t LearnedSteps();
  std::uint64_t Inserted(const std::string& table);

  struct PaceSeries {
    telemetry::Gauge rows;
    telemetry::Gauge allowed;
  };

  service::Host& host_;
  std::int64_t steps_;
  std::int64_t checkpoint_every_;
  std::chrono::seconds checkpoint_seconds_;
  bool imagines_ = false;
  std::int64_t stale_versions_ = 0;  ///< models whose rows are still learned from; 0 = all
  bool tensorboard_ = false;
  Learner::Options options_ = {};
  RunIdentity identity_ = {};  ///< of the settings that the learner's state depends on
  WeightsDesk desk_;
  std::optional<service::ReservedWeights> weights_;  ///< the desk, with versions of all lives
  std::unique_ptr<ShardPool> replay_;
  std::optional<WatchedReplay> watched_;
  std::unique_ptr<Learner> learner_;
  std::optional<Pacer> pacer_;
  std::optional<RunFolder> folder_;
  std::optional<RunLog> log_;
  std::unique_ptr<net::Server> server_;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point paced_ = {};
  std::chrono::steady_clock::time_point losses_shown_ = {};
  std::chrono::steady_clock::time_point saved_time_ = {};  ///< of the last checkpoint
  double seconds_before_ = 0.0;                            ///< of earlier sessions
  std::int64_t saved_at_ = 0;                              ///< real steps at the last checkpoint
  std::size_t tables_saved_ = 0;                           ///< of the pacer, in the last checkpoint
  bool resumed_ = false;                                   ///< and has not yet given up its backlog
  LearningMetrics learning_;
  telemetry::Counter updates_;
  telemetry::Gauge policy_version_;
  std::map<std::string, PaceSeries> pace_;  ///< by table
};

}  // namespace dyna::learner
