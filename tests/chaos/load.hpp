#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "common/core/rng.hpp"
#include "common/net/context.hpp"
#include "common/ports/remote/remote_shard.hpp"
#include "tests/chaos/ledger.hpp"

namespace dyna::chaos {

/// How a client of a chaos run reaches the shard.
net::RequestPipeline::Options ClientOptions(std::uint16_t port, const std::string& instance,
                                            std::uint64_t incarnation, std::uint32_t producer);

/// Producers that append as fast as the shard lets them, die, and come back with a higher epoch,
/// while what they were before may go on for a while. Single-threaded.
class Load {
 public:
  struct Options {
    std::uint16_t port = 0;  ///< of the proxy before the shard
    std::uint32_t producers = 4;
    std::int64_t rows_max = 24;  ///< of one append
    double deaths_per_turn = 0.002;
  };
  Load(const Options& options, Ledger& ledger, Rng rng);

  /// Appends, sends, hears. Waits a moment if nothing was to do.
  void Turn();
  /// No new rows; what is under way goes on.
  void Pause() { paused_ = true; }
  void GoOn() { paused_ = false; }
  /// Every row of the producers that are alive is acknowledged.
  bool flushed() const;
  /// Lives of producers that ended.
  std::uint64_t deaths() const noexcept { return deaths_; }
  /// Older lives that were told that they are replaced.
  std::uint64_t fenced() const noexcept { return fenced_; }

 private:
  struct Producer {
    std::uint32_t id = 0;
    std::uint64_t epoch = 0;
    std::unique_ptr<RemoteShard> shard = {};
    bool fenced = false;
  };
  Producer Make(std::uint32_t id, std::uint64_t epoch);
  void Turn(Producer& producer);
  void Replace(Producer& producer);

  Options options_;
  Ledger& ledger_;
  Rng rng_;
  net::Context context_;
  std::vector<Producer> producers_;
  std::vector<Producer> ghosts_;  ///< replaced and do not know it yet
  bool paused_ = false;
  std::uint64_t deaths_ = 0;
  std::uint64_t fenced_ = 0;
};

}  // namespace dyna::chaos
