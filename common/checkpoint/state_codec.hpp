#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/state_dict.hpp"

namespace dyna {

/// A StateDict as bytes. All integers little-endian:
///
///   magic "DYNASTAT" | u32 format = 1 | u32 CRC-32C of the payload | u64 payload bytes | payload
///   payload: u64 entries, then per entry in name order
///     u32 name bytes | name | u8 type | u8 axes | axes x i64 size | u64 data bytes | data
///
/// Types are StateDict::Type in order. Nothing follows the payload.
std::vector<std::byte> EncodeState(const StateDict& state);

/// kMalformed (torn, corrupt, not ours) or kVersionMismatch, the message saying which check failed.
/// Allocates no more than the input's size plus a constant per entry.
Result<StateDict> DecodeState(std::span<const std::byte> bytes);

}  // namespace dyna
