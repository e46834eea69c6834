#include "common/ports/weights_port.hpp"

#include <utility>

#include "common/core/check.hpp"

namespace dyna {

void LocalWeightsPort::Publish(const std::string& name, std::shared_ptr<const WeightsBlob> blob) {
  auto& slot = blobs_[name];
  DYNA_CHECK_MSG(!slot || blob->version > slot->version,
                 name << ": version " << blob->version << " after " << slot->version);
  slot = std::move(blob);
}

std::shared_ptr<const WeightsBlob> LocalWeightsPort::FetchIfNewer(const std::string& name,
                                                                  std::uint64_t version) {
  const auto it = blobs_.find(name);
  if (it == blobs_.end() || it->second->version <= version) return nullptr;
  return it->second;
}

}  // namespace dyna
