#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/core/env_spec.hpp"
#include "common/net/server.hpp"
#include "common/service/host.hpp"
#include "replay/replay_shard.hpp"
#include "replay/service/producer_log.hpp"
#include "replay/service/shard_log.hpp"
#include "replay/service/shard_metrics.hpp"

namespace dyna::replay {

/// A replay shard on the network: checks who comes, decodes, calls ReplayShard, answers. The tables
/// are made when the first client says what the environment is like, or found on the disk; until
/// then everybody waits. Rows of a durable table are sampled at once and acknowledged when they
/// are on the disk (promise P1).
class ReplayService : public net::Handler {
 public:
  /// Reads replay.* and run.seed, and binds. ConfigError.
  explicit ReplayService(service::Host& host);

  /// Serves until the host is stopping.
  void Run();
  /// Serves what there is; waits for at most `wait` if there is nothing.
  void Turn(net::Milliseconds wait);
  const net::Endpoint& endpoint() const noexcept { return server_->endpoint(); }

  Result<wire::Welcome> OnHello(net::PeerId peer, const wire::Hello& hello) override;
  void OnRequest(net::Request request, const wire::Hello& client) override;
  void OnGone(net::PeerId peer) override;

 private:
  struct Learner {
    net::PeerId peer = 0;
    std::string instance = {};
    std::uint64_t incarnation = 0;
  };

  /// An append whose rows are on their way to the disk.
  struct HeldAck {
    std::uint64_t number = 0;  ///< of the logged message
    net::Ticket ticket = {};
    wire::AppendAck ack = {};
  };

  void MakeShard(const EnvSpec& spec, bool granted);
  void Restore(const ShardLog::Options& options);
  void RestoreSnapshot(const StateDict& state);
  void RestoreMessage(const wire::Frames& frames);
  void SaveSnapshot();
  void SendDurableAcks();
  void WatchDisk();
  bool keeps(const std::string& table) const { return log_ && log_->keeps(table); }
  wire::AckLevel AckLevelOf(const std::string& table) const {
    return keeps(table) ? wire::AckLevel::kDurable : wire::AckLevel::kMemory;
  }

  Status AdmitLearner(net::PeerId peer, const wire::Identity& client);
  wire::TableState StateOf(const std::string& table) const;

  void OnEnvironment(const net::Request& request);
  void OnDescribe(const net::Request& request);
  /// Before the first actor has told the environment.
  void OnTooEarly(const net::Request& request);
  void OnAppend(const net::Request& request);
  void OnSample(const net::Request& request);
  void OnRead(const net::Request& request);
  void OnPriorities(const net::Request& request);
  void OnGrant(const net::Request& request);
  void OnSetCapacity(const net::Request& request);
  void OnEvictStale(const net::Request& request);
  void OnCounters(const net::Request& request);
  /// What all messages about a table that answer with its counters have in common.
  template <class M, class Act>
  void OnTable(const net::Request& request, Act act);

  service::Host& host_;
  std::uint16_t shard_id_;
  std::uint64_t seed_;
  std::optional<EnvSpec> environment_;
  std::unique_ptr<ReplayShard> shard_;  ///< null until the environment is known
  ProducerLog producers_;
  std::unique_ptr<ShardLog> log_;  ///< null: nothing is kept on the disk
  std::deque<HeldAck> held_acks_;  ///< in the order of their numbers
  std::optional<Learner> learner_;
  ShardMetrics metrics_;
  std::chrono::steady_clock::time_point show_at_;  ///< when the metrics are due again
  std::unique_ptr<net::Server> server_;
};

}  // namespace dyna::replay
