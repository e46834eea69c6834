#include "tests/fuzz/repair.hpp"

#include <cstdint>
#include <cstring>

#include "common/checkpoint/state_codec.hpp"
#include "common/core/crc32c.hpp"
#include "common/wire/envelope.hpp"
#include "replay/log/segment_format.hpp"

namespace dyna::fuzz {
namespace {

template <class T>
void Store(Bytes& to, std::size_t at, T value) {
  std::memcpy(to.data() + at, &value, sizeof(T));
}

void StoreCrc(Bytes& to, std::size_t at, std::size_t begin, std::size_t bytes) {
  Store(to, at, Crc32c(std::span(to).subspan(begin, bytes)));
}

}  // namespace

Bytes StateOf(ByteView payload) {
  constexpr std::size_t kHeaderBytes = 24;  // magic, format, CRC, length
  Bytes bytes = EncodeState({});
  bytes.resize(kHeaderBytes);
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  StoreCrc(bytes, 12, kHeaderBytes, payload.size());
  Store(bytes, 16, std::uint64_t{payload.size()});
  return bytes;
}

Bytes RepairedSegment(ByteView file) {
  Bytes bytes(file.begin(), file.end());
  if (bytes.size() < replay::kSegmentHeaderBytes) return bytes;
  Bytes right;
  replay::EncodeSegmentHeader({}, right);
  std::memcpy(bytes.data(), right.data(), 12);  // magic and format
  StoreCrc(bytes, 12, 16, 24);
  std::size_t at = replay::kSegmentHeaderBytes;
  while (bytes.size() - at >= replay::kRecordHeaderBytes) {
    std::uint32_t payload_bytes = 0;
    std::memcpy(&payload_bytes, bytes.data() + at, sizeof payload_bytes);
    if (payload_bytes > bytes.size() - at - replay::kRecordHeaderBytes) break;
    StoreCrc(bytes, at + 4, at + 8, 12 + std::size_t{payload_bytes});
    at += replay::kRecordHeaderBytes + payload_bytes;
  }
  return bytes;
}

Bytes RepairedHead(ByteView head, ByteView payload) {
  Bytes bytes(head.begin(), head.end());
  if (bytes.size() < wire::kEnvelopeBytes) return bytes;
  const auto right = wire::EncodeEnvelope(wire::MessageType::kOk, 0, {}, {});
  std::memcpy(bytes.data(), right.data(), 6);  // magic and protocol
  Store(bytes, 16, static_cast<std::uint32_t>(bytes.size() - wire::kEnvelopeBytes));
  Store(bytes, 20, std::uint32_t{0});
  Store(bytes, 24, std::uint64_t{payload.size()});
  Store(bytes, 36, std::uint32_t{0});
  const ByteView view = bytes;
  Store(bytes, 32,
        Crc32c(payload, Crc32c(view.subspan(wire::kEnvelopeBytes), Crc32c(view.first(32)))));
  return bytes;
}

}  // namespace dyna::fuzz
