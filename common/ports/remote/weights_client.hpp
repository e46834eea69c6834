#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/net/request_pipeline.hpp"
#include "common/ports/weights_port.hpp"

namespace dyna {

/// Follows one published name of one server: asks "newer than what I have?" again and again, one
/// request at a time, and keeps the newest. Never waits. Single-threaded.
class WeightsClient {
 public:
  struct Options {
    std::string name = {};         ///< kPolicyWeights, kModelWeights
    net::Milliseconds period{20};  ///< between two requests: bounds the age of what is used
  };
  /// Borrows the pipeline, which others may use too and whose owner polls it.
  WeightsClient(net::RequestPipeline& pipeline, Options options,
                net::Clock clock = std::chrono::steady_clock::now)
      : pipeline_(pipeline), options_(std::move(options)), clock_(std::move(clock)) {}

  /// Takes the answer and asks again when it is time.
  void Poll();
  /// The newest that has arrived if its version is greater, else null.
  std::shared_ptr<const WeightsBlob> FetchIfNewer(std::uint64_t version) const;
  /// Real steps that the publisher had seen when it last answered.
  std::uint64_t env_steps() const noexcept { return env_steps_; }
  /// The publisher's newest version when it last answered: what is used may be older.
  std::uint64_t newest_version() const noexcept { return newest_; }

 private:
  void Take(const net::Received& received);

  net::RequestPipeline& pipeline_;
  Options options_;
  net::Clock clock_;
  std::shared_ptr<const WeightsBlob> blob_;
  std::uint64_t newest_ = 0;
  std::uint64_t env_steps_ = 0;
  std::optional<net::RequestId> request_;
  net::TimePoint next_ = net::TimePoint::min();
};

}  // namespace dyna
