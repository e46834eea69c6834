#include "common/ports/remote/weights_client.hpp"

#include "common/checkpoint/state_codec.hpp"
#include "common/wire/messages_weights.hpp"

namespace dyna {

void WeightsClient::Poll() {
  const net::TimePoint now = clock_();
  if (request_) {
    const auto answer = pipeline_.Take(*request_);
    if (!answer) return;
    request_.reset();
    next_ = now + options_.period;
    if (answer->ok()) Take(answer->value());
  }
  if (now < next_) return;
  const auto sent = pipeline_.Send(
      wire::FetchWeights{.name = options_.name, .newer_than = blob_ ? blob_->version : 0});
  if (sent.ok()) request_ = sent.value();
}

void WeightsClient::Take(const net::Received& received) {
  if (received.type() == wire::MessageType::kNotNewer) {
    const auto reply = received.Decode<wire::NotNewer>();
    if (!reply.ok()) return;
    env_steps_ = reply.value().env_steps;
    newest_ = reply.value().version;
    return;
  }
  const auto reply = received.Decode<wire::Weights>();
  if (!reply.ok()) return;
  auto arrays = DecodeState(received.payload());
  if (!arrays.ok()) return;
  env_steps_ = reply.value().env_steps;
  newest_ = reply.value().version;
  // A publisher that lost its newest checkpoint may count again from a lower version. For whoever
  // reads here, versions only grow (promise P7).
  if (blob_ && reply.value().version <= blob_->version) return;
  blob_ = std::make_shared<const WeightsBlob>(
      WeightsBlob{.version = reply.value().version, .arrays = std::move(arrays).value()});
}

std::shared_ptr<const WeightsBlob> WeightsClient::FetchIfNewer(std::uint64_t version) const {
  return blob_ && blob_->version > version ? blob_ : nullptr;
}

}  // namespace dyna
