#pragma once

#include <cstddef>
#include <span>

namespace dyna::fuzz {

using ByteView = std::span<const std::byte>;

/// One decoder under attack: runs it on any bytes and aborts if it does what it must not. Refusing
/// its input is always right.
struct Target {
  const char* name = nullptr;
  void (*run)(ByteView input) = nullptr;
};

void RunEnvelope(ByteView input);
void RunMessages(ByteView input);
void RunPayloads(ByteView input);
void RunState(ByteView input);
void RunReplayTable(ByteView input);
void RunPolicyWeights(ByteView input);
void RunSegment(ByteView input);
void RunShardLog(ByteView input);
void RunConfig(ByteView input);
void RunEndpoint(ByteView input);
void RunMetricsPage(ByteView input);
void RunBridge(ByteView input);
void RunNpy(ByteView input);

/// All of them; CMakeLists.txt has the same names.
std::span<const Target> Targets();

}  // namespace dyna::fuzz
