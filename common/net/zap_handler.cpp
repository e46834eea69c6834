#include "common/net/zap_handler.hpp"

#include <array>
#include <string>
#include <string_view>

#include "common/core/check.hpp"
#include "common/net/curve_keys.hpp"
#include "common/net/socket_io.hpp"

namespace dyna::net {
namespace {

constexpr const char* kAddress = "inproc://zeromq.zap.01";
constexpr Milliseconds kTurn{50};  // how long the end of the process may have to wait for us
constexpr std::string_view kVersion = "1.0";
constexpr std::size_t kKeyBytes = 32;

// Frames of a request: version, request id, domain, address, identity, mechanism, credentials.
enum Part : std::uint8_t {
  kRequestVersion,
  kRequestId,
  kDomain,
  kPeer,
  kIdentity,
  kMechanism,
  kKey
};
constexpr std::size_t kParts = 7;

std::string_view Text(const Frame& frame) {
  return {reinterpret_cast<const char*>(frame.view().data()), frame.size()};
}

Frame FrameOf(std::string_view text) { return Frame(std::as_bytes(std::span(text))); }

std::string Z85(const Frame& key) {
  std::array<char, kKeyCharacters + 1> text{};
  zmq_z85_encode(text.data(), reinterpret_cast<const std::uint8_t*>(key.view().data()), kKeyBytes);
  return text.data();
}

}  // namespace

ZapHandler::ZapHandler(Context& context, Guard& guard)
    : guard_(guard), socket_(context.native(), zmq::socket_type::rep) {
  socket_.set(zmq::sockopt::linger, 0);
  socket_.bind(kAddress);
  thread_ = std::jthread([this](const std::stop_token& stop) { Serve(stop); });
}

void ZapHandler::Serve(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    zmq_pollitem_t item = {.socket = socket_.handle(), .fd = 0, .events = ZMQ_POLLIN, .revents = 0};
    const int ready = zmq_poll(&item, 1, kTurn.count());
    DYNA_CHECK_MSG(ready >= 0 || zmq_errno() == EINTR, zmq_strerror(zmq_errno()));
    if (ready > 0) AnswerOne();
  }
}

void ZapHandler::AnswerOne() {
  std::array<Frame, kParts + 1> parts;  // one more than a request has
  const std::size_t count = ReceiveFrames(socket_, parts);
  if (count == 0) return;
  // libzmq itself asks, never a peer: what is not as it should be is a mechanism that is not ours.
  const bool ours = count == kParts && Text(parts[kRequestVersion]) == kVersion &&
                    Text(parts[kMechanism]) == "CURVE" && parts[kKey].size() == kKeyBytes;
  const std::string key = ours ? Z85(parts[kKey]) : std::string();
  const bool known = ours && guard_.MayConnect(key, std::string(Text(parts[kPeer]))).ok();
  std::array<Frame, 6> answer = {FrameOf(kVersion),
                                 std::move(parts[kRequestId]),
                                 FrameOf(known ? "200" : "400"),
                                 FrameOf(known ? "" : "not allowed"),
                                 FrameOf(known ? key : ""),
                                 Frame()};
  std::array<Frame*, 6> frames{};
  for (std::size_t i = 0; i < answer.size(); ++i) frames[i] = &answer[i];
  (void)SendFrames(socket_, frames);  // lost only if its asker is gone
}

}  // namespace dyna::net
