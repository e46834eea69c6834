#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/core/mutex.hpp"
#include "common/net/server.hpp"
#include "common/ports/weights_port.hpp"

namespace dyna {

/// What a role has published, ready to be handed out: encoded once, shared by all replies. The
/// role's loop publishes, whoever owns the server answers, each in its own thread if they like.
class WeightsDesk : public WeightsPort {
 public:
  void Publish(const std::string& name, std::shared_ptr<const WeightsBlob> blob) override;
  std::shared_ptr<const WeightsBlob> FetchIfNewer(const std::string& name,
                                                  std::uint64_t version) override;
  /// Real steps that the role has seen: travels with every answer.
  void set_env_steps(std::uint64_t steps);

  /// Answers a FetchWeights; refuses anything else.
  void Serve(const net::Request& request, net::Server& server);

 private:
  struct Published {
    std::shared_ptr<const WeightsBlob> blob = {};
    std::shared_ptr<net::Frame> encoded = {};
  };

  Mutex mutex_;
  std::map<std::string, Published> published_ DYNA_GUARDED_BY(mutex_);
  std::uint64_t env_steps_ DYNA_GUARDED_BY(mutex_) = 0;
};

}  // namespace dyna
