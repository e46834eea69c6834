#pragma once

#include <memory>
#include <string>

#include "common/core/env_spec.hpp"
#include "common/net/request_pipeline.hpp"
#include "common/ports/remote/shard_pool.hpp"
#include "common/service/host.hpp"

namespace dyna::service {

/// Where the services of a run are found, as every role's config says it. A name may stand for
/// many addresses; `dyna launch` and compose files set these keys.
struct ClusterOptions {
  std::vector<net::Endpoint> replay = {};
  net::Endpoint learner = {};
  net::Endpoint model_server = {};
  /// Reads cluster.replay, cluster.learner and cluster.model_server.
  static ClusterOptions From(Config& config);
};

/// Requests of this process to the server of role `server` at `endpoint`.
net::RequestPipeline::Options PipelineOptions(Host& host, wire::Role server,
                                              const net::Endpoint& endpoint);
std::unique_ptr<net::RequestPipeline> Connect(Host& host, wire::Role server,
                                              const net::Endpoint& endpoint);

/// Of all shards. Call it when the host's identity knows the environment.
ShardPool::Options PoolOptions(Host& host, const ClusterOptions& cluster, const EnvSpec& spec);

/// Asks the shards what the environment is like until one knows, which it does when an actor has
/// told it. Empty if the host is to stop first. OperatorError if a shard refuses us for good.
std::optional<EnvSpec> AwaitEnvironment(Host& host, const ClusterOptions& cluster);

/// Into the identity by which the host greets from now on.
void SetEnvironment(Host& host, const EnvSpec& spec);

}  // namespace dyna::service
