#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/core/env_spec.hpp"
#include "common/net/request_pipeline.hpp"
#include "common/ports/remote/append_queue.hpp"
#include "common/ports/remote/question.hpp"
#include "common/ports/remote/sample_stock.hpp"
#include "common/ports/replay_port.hpp"
#include "common/wire/messages_replay.hpp"

namespace dyna {

/// One replay shard over the network. No call ever waits:
///
///   Append            takes rows into a bounded queue and sends them (AppendQueue)
///   Sample            small limited uniform samples from a stock that is kept filled
///   (SampleStock);
///                     others when their answer is there
///   ReadSince         when its answer is there
///   Counters          as heard last, in whatever answer; asked for if that is too long ago
///   all others        sent, and repeated over reconnections until the shard has them
///
/// "When its answer is there": kTimeout until then; the same call later finds it. Whoever owns this
/// polls it between calls. Single-threaded.
class RemoteShard : public ReplayPort {
 public:
  struct Options {
    EnvSpec environment = {};  ///< told to every life of the shard, which needs it for its tables
    std::uint32_t producer = 0;
    std::uint64_t epoch = 0;
    std::size_t append_bytes_max = std::size_t{4} << 20U;
    std::size_t append_batches_max = 8;
    bool append_while_refused = false;       ///< AppendQueue::Options::take_while_refused
    net::Milliseconds counters_age{100};     ///< older ones are asked for again
    net::Milliseconds silence_after{5'000};  ///< then Counters() is kTimeout
  };
  RemoteShard(std::unique_ptr<net::RequestPipeline> pipeline, Options options,
              net::Clock clock = std::chrono::steady_clock::now);

  /// The shard has come back under another address: what is not acknowledged is sent there.
  void MoveTo(std::unique_ptr<net::RequestPipeline> pipeline);

  Status Append(const std::string& table, const TransitionBatch& rows) override;
  Result<SampleBatch> Sample(const SampleRequest& request) override;
  Result<ReadBatch> ReadSince(const std::string& table, std::uint64_t cursor,
                              std::int64_t rows_max) override;
  Status UpdatePriorities(const std::string& table, const std::vector<std::uint64_t>& ids,
                          const std::vector<double>& priorities) override;
  Status SetCapacity(const std::string& table, std::int64_t capacity) override;
  Status EvictStale(const std::string& table, std::uint64_t version_min) override;
  Status Grant(const std::string& table, const GrantOrder& order) override;
  Result<TableCounters> Counters(const std::string& table) override;

  /// Sends and receives what is due; never waits.
  void Poll();
  /// No appended row is without its acknowledgement.
  bool flushed() const;
  /// None is on its way either: those without one were refused by a limit.
  bool settled() const;
  /// Rows of this epoch that the shard has acknowledged: the first so many that were appended.
  std::uint64_t acknowledged(const std::string& table) const;
  const net::RequestPipeline& pipeline() const noexcept { return *pipeline_; }

 private:
  struct Table {
    AppendQueue appends;
    SampleStock stock = {};
    std::map<net::RequestId, std::int64_t> stock_requests = {};  ///< rows each will bring
    Question<wire::Sample> sample = {};
    Question<wire::Read> read = {};
    Question<wire::Counters> counters = {};
    std::optional<Error> stock_refusal = {};
    std::optional<wire::TableState> state = {};
    net::TimePoint heard = {};
  };

  Table& table(const std::string& name);
  void Hear(Table& of, const wire::TableState& state);
  Result<SampleBatch> FromStock(Table& of, const SampleRequest& request);
  void FillStock(const std::string& name, Table& of);
  Result<SampleBatch> DecodeOne(Table& of, const net::Received& received);
  void TakeStockAnswers(Table& of);
  void DescribeEnvironment();
  template <class M>
  Status Tell(const M& message, net::Frame payload = {});

  Options options_;
  net::Clock clock_;
  std::unique_ptr<net::RequestPipeline> pipeline_;
  std::uint64_t described_to_ = 0;  ///< incarnation of the shard that was told the environment
  std::optional<net::RequestId> description_;  ///< of it that is on its way
  std::map<std::string, Table> tables_;
};

}  // namespace dyna
