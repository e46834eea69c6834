#include "common/ports/remote/remote_weights.hpp"

#include "common/core/check.hpp"

namespace dyna {

void RemoteWeights::Follow(net::RequestPipeline& pipeline, const WeightsClient::Options& options) {
  clients_.try_emplace(options.name, pipeline, options);
}

void RemoteWeights::Poll() {
  for (auto& [name, client] : clients_) client.Poll();
}

void RemoteWeights::Publish(const std::string& name, std::shared_ptr<const WeightsBlob> /*blob*/) {
  DYNA_CHECK_MSG(false, "this role only follows '" + name + "'");
}

std::shared_ptr<const WeightsBlob> RemoteWeights::FetchIfNewer(const std::string& name,
                                                               std::uint64_t version) {
  const auto found = clients_.find(name);
  return found == clients_.end() ? nullptr : found->second.FetchIfNewer(version);
}

}  // namespace dyna
