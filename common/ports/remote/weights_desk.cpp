#include "common/ports/remote/weights_desk.hpp"

#include <utility>

#include "common/checkpoint/state_codec.hpp"
#include "common/core/check.hpp"
#include "common/wire/messages_weights.hpp"

namespace dyna {

void WeightsDesk::Publish(const std::string& name, std::shared_ptr<const WeightsBlob> blob) {
  auto encoded = std::make_shared<net::Frame>(EncodeState(blob->arrays));  // outside the lock
  const MutexLock lock(mutex_);
  Published& published = published_[name];
  DYNA_CHECK(!published.blob || blob->version > published.blob->version);
  published = {.blob = std::move(blob), .encoded = std::move(encoded)};
}

std::shared_ptr<const WeightsBlob> WeightsDesk::FetchIfNewer(const std::string& name,
                                                             std::uint64_t version) {
  const MutexLock lock(mutex_);
  const auto found = published_.find(name);
  if (found == published_.end() || found->second.blob->version <= version) return nullptr;
  return found->second.blob;
}

void WeightsDesk::set_env_steps(std::uint64_t steps) {
  const MutexLock lock(mutex_);
  env_steps_ = steps;
}

void WeightsDesk::Serve(const net::Request& request, net::Server& server) {
  const auto fetch = request.message.Decode<wire::FetchWeights>();
  if (!fetch.ok()) return server.Refuse(request.ticket, fetch.error());
  const MutexLock lock(mutex_);
  const auto found = published_.find(fetch.value().name);
  const std::uint64_t version = found == published_.end() ? 0 : found->second.blob->version;
  if (version <= fetch.value().newer_than) {
    server.Reply(
        request.ticket,
        wire::NotNewer{.name = fetch.value().name, .version = version, .env_steps = env_steps_});
    return;
  }
  server.Reply(
      request.ticket,
      wire::Weights{.name = fetch.value().name, .version = version, .env_steps = env_steps_},
      found->second.encoded->Share());
}

}  // namespace dyna
