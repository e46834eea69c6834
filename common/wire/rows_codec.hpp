#pragma once

#include <cstdint>

#include "common/core/error.hpp"
#include "common/core/transition_batch.hpp"
#include "common/wire/bytes.hpp"

namespace dyna::wire {

/// Bounds of what one payload may announce, so that no product below can overflow.
inline constexpr std::int64_t kColumnsMax = 65'536;
inline constexpr std::int64_t kRowsMax = 1'048'576;
inline constexpr std::int64_t kBatchesMax = 1024;

/// Bytes of one transition of `shape`: 4 (2 O + A + 3) + 36.
std::size_t RowBytes(TransitionShape shape);

/// Transitions as one block of columns, each contiguous, in this order:
///   float32 obs [B,O], action [B,A], reward [B], next_obs [B,O], terminated [B], truncated [B]
///   u64 episode [B], policy_version [B], model_version [B]
///   u32 producer [B], step [B], rollout_depth [B]
/// Column by column rather than row by row, so that encoding and decoding are a memcpy per column.
Bytes EncodeRows(const TransitionBatch& rows);

/// Writes the columns at `to`, which must have room for rows.size() * RowBytes(rows.shape()) bytes,
/// and returns the end of what it wrote: for payloads that hold more than one batch.
std::byte* EncodeRowsAt(const TransitionBatch& rows, std::byte* to);

/// The batch of `rows` transitions of `shape` that `payload` is. kMalformed, before anything is
/// allocated, unless its length is exactly rows * RowBytes(shape); kMalformed if a flag is
/// neither 0 nor 1. Reals may be non-finite: a table refuses such rows in its own words.
/// Aborts if rows or shape are beyond the bounds above: message headers have been checked.
Result<TransitionBatch> DecodeRows(ByteView payload, std::int64_t rows, TransitionShape shape);

}  // namespace dyna::wire
