#include "common/service/cluster.hpp"

#include <utility>

#include "common/core/error.hpp"
#include "common/wire/messages_environment.hpp"

namespace dyna::service {
namespace {

constexpr net::Milliseconds kTurn{50};

/// One shard that is asked what the environment is like.
struct Candidate {
  std::unique_ptr<net::RequestPipeline> pipeline;
  std::optional<net::RequestId> request;

  std::optional<EnvSpec> Ask() {
    pipeline->Poll(net::Milliseconds(0));
    pipeline->RequireNotRefused();
    if (!pipeline->ready()) return std::nullopt;
    if (!request) {
      const auto sent = pipeline->Send(wire::Describe{});
      if (sent.ok()) request = sent.value();
    }
    if (!request) return std::nullopt;
    const auto answer = pipeline->Take(*request);
    if (!answer) return std::nullopt;
    request.reset();  // "not known yet": asked again in the next turn
    if (!answer->ok()) return std::nullopt;
    auto told = answer->value().Decode<wire::Environment>();
    if (!told.ok()) return std::nullopt;
    return std::move(told.value().spec);
  }
};

/// Who lost whom and why is the first thing one asks of a cluster's logs.
void LogChange(telemetry::Log& log, const net::Connection& connection) {
  if (connection.ready()) {
    log.Info("connected", {{"peer", connection.Peer()}});
  } else {
    log.Warning("not connected", {{"peer", connection.Peer()}, {"why", connection.Explain()}});
  }
}

}  // namespace

ClusterOptions ClusterOptions::From(Config& config) {
  ClusterOptions options;
  for (const std::string& text :
       config.GetStrings("cluster.replay", {"tcp://127.0.0.1:7101"}, 1, 1024)) {
    options.replay.push_back(net::ConnectEndpoint("cluster.replay", text));
  }
  options.learner = net::ConnectEndpoint(
      "cluster.learner", config.GetString("cluster.learner", "tcp://127.0.0.1:7001"));
  options.model_server = net::ConnectEndpoint(
      "cluster.model_server", config.GetString("cluster.model_server", "tcp://127.0.0.1:7002"));
  return options;
}

net::RequestPipeline::Options PipelineOptions(Host& host, wire::Role server,
                                              const net::Endpoint& endpoint) {
  net::RequestPipeline::Options options;
  options.connection.endpoint = endpoint;
  options.connection.hello = {.client = host.identity(), .producer = host.producer()};
  options.connection.socket = host.security().ToServer(server);
  options.connection.seed = host.identity().incarnation;
  options.connection.on_change = [&host](const net::Connection& connection) {
    LogChange(host.log(), connection);
  };
  return options;
}

std::unique_ptr<net::RequestPipeline> Connect(Host& host, wire::Role server,
                                              const net::Endpoint& endpoint) {
  return std::make_unique<net::RequestPipeline>(
      host.context(), PipelineOptions(host, server, endpoint), std::chrono::steady_clock::now,
      &host.socket_events());
}

ShardPool::Options PoolOptions(Host& host, const ClusterOptions& cluster, const EnvSpec& spec) {
  ShardPool::Options options;
  options.names.endpoints = cluster.replay;
  options.pipeline = PipelineOptions(host, wire::Role::kReplay, {});
  options.shard = {
      .environment = spec, .producer = host.producer(), .epoch = host.identity().incarnation};
  options.seed = host.producer();
  return options;
}

std::optional<EnvSpec> AwaitEnvironment(Host& host, const ClusterOptions& cluster) {
  net::Resolver names({.endpoints = cluster.replay});
  std::map<net::Endpoint, Candidate> candidates;
  while (!host.stopping()) {
    names.Poll();
    for (const net::Endpoint& address : names.addresses()) {
      if (!candidates.contains(address)) {
        candidates.emplace(
            address,
            Candidate{.pipeline = Connect(host, wire::Role::kReplay, address), .request = {}});
      }
    }
    std::vector<const net::Pollable*> sockets;
    std::string waits_for =
        names.problem().empty() ? "no address of a replay shard is known yet" : names.problem();
    for (auto& [address, candidate] : candidates) {
      if (auto spec = candidate.Ask()) return spec;
      sockets.push_back(candidate.pipeline.get());
      waits_for = candidate.pipeline->ready()
                      ? "no actor has told the replay shards what the environment is like"
                      : candidate.pipeline->connection().Explain();
    }
    host.states().Enter("waiting_for_environment", waits_for);
    host.Tick();
    net::WaitForAny(sockets, kTurn);
  }
  return std::nullopt;
}

void SetEnvironment(Host& host, const EnvSpec& spec) {
  host.identity().environment = spec.name;
  host.identity().shape = spec.transition_shape();
  host.identity().discrete = spec.action.discrete();
}

}  // namespace dyna::service
