// A message's frames as they come from a socket: envelope, then header, then payload, each decoded
// as a server would.
//   u8 choices: bit 0 checksum and lengths are right, bits 1 to 2 the number of frames
//   u16 bytes of the first frame; the first frame; the rest is the second

#include <array>

#include "common/core/check.hpp"
#include "common/net/socket_io.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/message_list.hpp"
#include "tests/fuzz/peak_memory.hpp"
#include "tests/fuzz/repair.hpp"

namespace dyna::fuzz {
namespace {

/// Nothing but an error's words.
constexpr MemoryBound kOpenBound = {.fixed_bytes = 1024, .per_byte = 0};
constexpr std::uint64_t kPayloadBytesMax = 1U << 20U;

void CheckDecoded(const wire::Frames& frames, ByteView head) {
  const auto again = wire::EncodeEnvelope(frames.envelope.type, frames.envelope.request_id,
                                          frames.header, frames.payload);
  DYNA_CHECK(std::equal(again.begin(), again.end(), head.begin()));
  DYNA_CHECK(frames.header.size() + wire::kEnvelopeBytes == head.size());
  WithMessage(frames.envelope.type, [&]<class M>(const M& /*none*/) {
    const auto message = wire::Decode<M>(frames);
    if (!message.ok()) return;
    wire::Bytes encoded;
    wire::EncodeHead(message.value(), frames.envelope.request_id, frames.payload, encoded);
    DYNA_CHECK(std::equal(encoded.begin(), encoded.end(), head.begin(), head.end()));
  });
}

}  // namespace

void RunEnvelope(ByteView bytes) {
  Input input(bytes);
  const std::uint8_t choices = input.Choice();
  const ByteView raw_head = input.Take(input.Number<std::uint16_t>());
  const ByteView payload = input.Rest();
  const bool repaired = (choices & 1U) != 0;
  const Bytes head =
      repaired ? RepairedHead(raw_head, payload) : Bytes(raw_head.begin(), raw_head.end());
  const std::array<wire::ByteView, 3> frames = {head, payload, payload};
  const auto used = std::span(frames).first((choices >> 1U) & 3U);

  const auto opened =
      Bounded(kOpenBound, bytes.size(), [&] { return wire::OpenFrames(used, kPayloadBytesMax); });
  if (opened.ok()) CheckDecoded(opened.value(), head);

  std::array<net::Frame, 3> received = {net::Frame(frames[0]), net::Frame(frames[1]),
                                        net::Frame(frames[2])};
  const auto taken = net::Received::Open(std::span(received).first(used.size()), kPayloadBytesMax);
  DYNA_CHECK(taken.ok() == opened.ok());
  if (taken.ok()) DYNA_CHECK(taken.value().envelope() == opened.value().envelope);
}

}  // namespace dyna::fuzz
