#pragma once

#include <memory>
#include <optional>

#include "common/core/env_spec.hpp"
#include "common/ports/remote/remote_weights.hpp"
#include "common/ports/remote/shard_pool.hpp"
#include "common/service/cluster.hpp"
#include "common/service/host.hpp"
#include "common/service/reporter.hpp"
#include "model_server/imagination/imaginer.hpp"

namespace dyna::imagination {

/// An imagination worker of a cluster: an Imaginer whose replay, model and policy are elsewhere.
/// Goes on as long as the synthetic table lets it, which is what keeps imagined and real rows in
/// proportion at any number of workers.
class ImaginationService {
 public:
  /// Reads imagination.*, cluster.* and what they depend on. ConfigError.
  ImaginationService(service::Host& host, const service::ClusterOptions& cluster,
                     const EnvSpec& spec);

  void Run();

 private:
  void PollNetwork();
  void StepOnce();
  void Wait(net::Milliseconds at_most);

  service::Host& host_;
  std::unique_ptr<ShardPool> replay_;
  std::unique_ptr<net::RequestPipeline> learner_;
  std::unique_ptr<net::RequestPipeline> model_server_;
  RemoteWeights weights_;
  std::optional<service::Reporter> reporter_;
  std::unique_ptr<Imaginer> imaginer_;
  telemetry::Counter rows_;
  telemetry::Gauge rollout_length_;
  telemetry::Gauge disagreement_;
  double dropped_ = 0.0;
};

}  // namespace dyna::imagination
