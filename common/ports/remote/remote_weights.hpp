#pragma once

#include <map>
#include <memory>
#include <string>

#include "common/ports/remote/weights_client.hpp"

namespace dyna {

/// The published names that a role follows, each from its own server. Publishes nothing.
class RemoteWeights : public WeightsPort {
 public:
  /// Borrows the pipeline.
  void Follow(net::RequestPipeline& pipeline, const WeightsClient::Options& options);
  /// Of a name that is followed.
  const WeightsClient& of(const std::string& name) const { return clients_.at(name); }
  void Poll();

  void Publish(const std::string& name, std::shared_ptr<const WeightsBlob> blob) override;
  std::shared_ptr<const WeightsBlob> FetchIfNewer(const std::string& name,
                                                  std::uint64_t version) override;

 private:
  std::map<std::string, WeightsClient> clients_;
};

}  // namespace dyna
