#pragma once

#include <vector>

#include "common/core/rng.hpp"
#include "common/core/transition_batch.hpp"
#include "common/wire/message_codec.hpp"

namespace dyna::wire {

/// The header of a message by itself.
template <class M>
Bytes HeaderOf(const M& message) {
  Bytes bytes;
  EncodeHeader(message, bytes);
  return bytes;
}

/// The first frame of a message by itself.
template <class M>
Bytes HeadOf(const M& message, std::uint64_t request_id, ByteView payload = {}) {
  Bytes head;
  EncodeHead(message, request_id, payload, head);
  return head;
}

/// `size` random bytes.
inline Bytes RandomBytes(Rng& rng, std::size_t size) {
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::byte>(rng());
  return bytes;
}

/// A batch in which every number differs, so that a swapped column shows.
inline TransitionBatch CountingRows(std::int64_t rows, TransitionShape shape) {
  TransitionBatch batch = TransitionBatch::Zeros(rows, shape);
  float next = 0.0F;
  const auto fill = [&next](auto& column) {
    for (auto& value : column.reshaped()) value = (next += 0.5F);
  };
  fill(batch.obs);
  fill(batch.action);
  fill(batch.reward);
  fill(batch.next_obs);
  for (std::int64_t i = 0; i < rows; ++i) {
    batch.terminated[i] = i % 3 == 0 ? 1.0F : 0.0F;
    batch.truncated[i] = i % 3 == 1 ? 1.0F : 0.0F;
    const auto k = static_cast<std::uint64_t>(i) * 10;
    const auto small = static_cast<std::uint32_t>(k);
    batch.provenance[static_cast<std::size_t>(i)] = {k + (1ULL << 40U), k + 2,     k + 3,
                                                     small + 4,         small + 5, small + 6};
  }
  return batch;
}

inline bool Same(const TransitionBatch& a, const TransitionBatch& b) {
  return a.obs == b.obs && a.action == b.action && a.reward == b.reward &&
         a.next_obs == b.next_obs && a.terminated == b.terminated && a.truncated == b.truncated &&
         a.provenance == b.provenance;
}

}  // namespace dyna::wire
