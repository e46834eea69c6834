#include "common/ports/remote/shard_pool.hpp"

#include <algorithm>
#include <utility>

#include "common/core/error.hpp"

namespace dyna {

ShardPool::ShardPool(net::Context& context, const Options& options, net::EventCounters* events)
    : context_(context),
      options_(options),
      events_(events),
      resolver_(options.names),
      port_(options.seed) {}

void ShardPool::Poll() {
  if (resolver_.Poll()) FollowNames();
  Greet();
  for (auto& [tag, shard] : shards_) {
    shard->Poll();
    shard->pipeline().RequireNotRefused();
  }
}

void ShardPool::FollowNames() {
  const auto& addresses = resolver_.addresses();
  for (const net::Endpoint& address : addresses) {
    if (strangers_.contains(address) || seated_.contains(address)) continue;
    auto options = options_.pipeline;
    options.connection.endpoint = address;
    strangers_.emplace(address, std::make_unique<net::RequestPipeline>(
                                    context_, options, std::chrono::steady_clock::now, events_));
  }
  const auto gone = [&addresses](const auto& entry) {
    return std::find(addresses.begin(), addresses.end(), entry.first) == addresses.end();
  };
  std::erase_if(strangers_, gone);
  // A shard keeps its place: it may come back under another address. Its old one may then serve
  // somebody else.
  std::erase_if(seated_, gone);
}

void ShardPool::Greet() {
  for (auto it = strangers_.begin(); it != strangers_.end();) {
    it->second->Poll(net::Milliseconds(0));
    it->second->RequireNotRefused();
    if (!it->second->ready()) {
      ++it;
      continue;
    }
    const net::Endpoint address = it->first;
    Pipeline pipeline = std::move(it->second);
    it = strangers_.erase(it);
    Seat(address, std::move(pipeline));
  }
}

void ShardPool::Seat(const net::Endpoint& address, Pipeline pipeline) {
  const wire::Welcome welcome = *pipeline->connection().welcome();
  const auto tag = static_cast<ShardTag>(welcome.shard);
  const auto found = shards_.find(tag);
  if (found == shards_.end()) {
    auto shard = std::make_unique<RemoteShard>(std::move(pipeline), options_.shard);
    port_.AddShard(tag, welcome.server.instance, *shard);
    shards_.emplace(tag, std::move(shard));
    joined_.push_back(welcome.server.instance);
    seated_[address] = tag;
    return;
  }
  const net::Connection& known = found->second->pipeline().connection();
  if (!known.ready()) {
    std::erase_if(seated_, [tag](const auto& entry) { return entry.second == tag; });
    found->second->MoveTo(std::move(pipeline));
  } else if (known.welcome()->server.instance != welcome.server.instance) {
    throw OperatorError("two replay shards say that they are shard " + std::to_string(tag) + ": " +
                        known.Peer() + " and " + pipeline->connection().Peer() +
                        "; give each its own replay.shard");
  }  // else: another address of one we have
  seated_[address] = tag;
}

std::string ShardPool::Explain() const {
  if (!shards_.empty()) return {};
  if (!strangers_.empty()) return strangers_.begin()->second->connection().Explain();
  return resolver_.problem().empty() ? "no address of a replay shard is known yet"
                                     : resolver_.problem();
}

bool ShardPool::flushed() const {
  return port_.flushed() && std::all_of(shards_.begin(), shards_.end(),
                                        [](const auto& entry) { return entry.second->flushed(); });
}

bool ShardPool::settled() const {
  return std::all_of(shards_.begin(), shards_.end(),
                     [](const auto& entry) { return entry.second->settled(); });
}

void ShardPool::AddTo(std::vector<zmq_pollitem_t>& items) const {
  for (const auto& [address, pipeline] : strangers_) pipeline->AddTo(items);
  for (const auto& [tag, shard] : shards_) shard->pipeline().AddTo(items);
}

}  // namespace dyna
