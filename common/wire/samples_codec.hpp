#pragma once

#include <span>
#include <vector>

#include "common/ports/replay_port.hpp"
#include "common/wire/messages_replay.hpp"
#include "common/wire/rows_codec.hpp"

namespace dyna::wire {

/// Payload of a SampleReply: the batches one after another, each its rows (EncodeRows), then
/// u64 ids [B], then, if `weighted`, float32 importance weights [B].
/// All batches have the same number of rows and the same shape.
Bytes EncodeSamples(std::span<const SampleBatch> batches, bool weighted);

/// The batches that `reply` announces; weights are 1 if it says they are not there. kMalformed,
/// before anything is allocated, unless the payload's length is exactly theirs.
Result<std::vector<SampleBatch>> DecodeSamples(const SampleReply& reply, ByteView payload,
                                               TransitionShape shape);

/// Rows and their new priorities.
struct Priorities {
  std::vector<std::uint64_t> ids = {};  ///< [B] of the shard's own numbering
  std::vector<double> values = {};      ///< [B] finite, >= 0
  bool operator==(const Priorities&) const = default;
};

/// Payload of an UpdatePriorities: u64 ids [B], then float64 values [B].
Bytes EncodePriorities(const Priorities& priorities);
/// kMalformed unless the payload's length is exactly that of `count` and all values are in range.
Result<Priorities> DecodePriorities(const UpdatePriorities& message, ByteView payload);

}  // namespace dyna::wire
