#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/net/request_pipeline.hpp"
#include "common/net/resolver.hpp"
#include "common/ports/remote/remote_shard.hpp"
#include "common/ports/sharded_replay_port.hpp"

namespace dyna {

/// All shards of a run, found by name: connects to every address that the names stand for, learns
/// from its Welcome which shard lives there, and joins them in one ReplayPort. A shard may be added
/// while the run goes on, or come back under another address.
class ShardPool : public net::Pollable {
 public:
  struct Options {
    net::Resolver::Options names = {};
    net::RequestPipeline::Options pipeline = {};  ///< its endpoint is set per address
    RemoteShard::Options shard = {};
    std::uint64_t seed = 0;  ///< of the sampling over shards
  };
  /// Borrows the context and the counters.
  ShardPool(net::Context& context, const Options& options, net::EventCounters* events);

  ReplayPort& port() noexcept { return port_; }

  /// Sends and receives what is due; never waits. OperatorError when a shard refuses us for good.
  void Poll();
  /// True for a shard that joined since the last call; then its name.
  std::vector<std::string> TakeJoined() { return std::exchange(joined_, {}); }
  std::size_t shards() const noexcept { return shards_.size(); }
  /// Why there is no shard yet, or empty.
  std::string Explain() const;
  /// What a role waits for that got this error of port(): the error, or why there is no shard.
  std::string WaitsFor(const Error& error) const {
    return shards_.empty() ? Explain() : error.message;
  }
  /// Sends rows that were taken and wait for their shard.
  void Flush() { (void)port_.Flush(); }
  /// Every appended row is acknowledged.
  bool flushed() const;
  /// No appended row is on its way: waiting would not get more of them acknowledged soon.
  bool settled() const;

  /// Of each shard by itself, for who must speak to one: the pacing.
  const std::map<ShardTag, std::unique_ptr<RemoteShard>>& by_tag() const noexcept {
    return shards_;
  }
  void AddTo(std::vector<zmq_pollitem_t>& items) const override;

 private:
  using Pipeline = std::unique_ptr<net::RequestPipeline>;

  void FollowNames();
  void Greet();
  void Seat(const net::Endpoint& address, Pipeline pipeline);

  net::Context& context_;
  Options options_;
  net::EventCounters* events_;
  net::Resolver resolver_;
  std::map<net::Endpoint, Pipeline> strangers_;  ///< not welcomed yet
  std::map<net::Endpoint, ShardTag> seated_;     ///< where a shard answers
  std::map<ShardTag, std::unique_ptr<RemoteShard>> shards_;
  ShardedReplayPort port_;
  std::vector<std::string> joined_;
};

}  // namespace dyna
