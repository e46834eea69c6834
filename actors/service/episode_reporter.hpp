#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "actors/actor_loop.hpp"
#include "common/net/request_pipeline.hpp"
#include "common/wire/messages_report.hpp"

namespace dyna::actors {

/// Tells the learner of ended episodes, in order, each until it is acknowledged. A learner that
/// stays away costs the oldest: reports are for people, and must not fill the memory.
class EpisodeReporter {
 public:
  static constexpr std::size_t kEpisodesMax = 4096;

  /// Borrows the pipeline.
  EpisodeReporter(net::RequestPipeline& pipeline, std::string instance, std::uint32_t producer,
                  std::uint64_t epoch)
      : pipeline_(pipeline), instance_(std::move(instance)), producer_(producer), epoch_(epoch) {}

  void Add(const std::vector<Episode>& episodes);
  void Poll();
  bool idle() const noexcept { return waiting_.empty(); }

 private:
  net::RequestPipeline& pipeline_;
  std::string instance_;
  std::uint32_t producer_;
  std::uint64_t epoch_;
  std::deque<Episode> waiting_;
  std::size_t under_way_ = 0;  ///< of them, in the request
  std::optional<net::RequestId> request_;
};

}  // namespace dyna::actors
