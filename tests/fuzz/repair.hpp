#pragma once

#include <cstddef>
#include <vector>

#include "tests/fuzz/targets.hpp"

// A fuzzer cannot guess a checksum, so most of what it tries would stop there. These put the right
// ones in, as a clever peer or a damaged program would.

namespace dyna::fuzz {

using Bytes = std::vector<std::byte>;

/// `payload` behind the header of a state (common/checkpoint/state_codec).
Bytes StateOf(ByteView payload);

/// `file` with the checksums of its header and of every record that its lengths lead to.
Bytes RepairedSegment(ByteView file);

/// `head` and `payload` with magic, protocol, lengths and checksum that agree.
Bytes RepairedHead(ByteView head, ByteView payload);

}  // namespace dyna::fuzz
