// libFuzzer's entry to one target; CMake builds this file once for each.

#include <cstdint>

#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dyna::fuzz::DYNA_FUZZ_TARGET(std::as_bytes(std::span(data, size)));
  return 0;
}
