// Addresses to bind or connect to, as a config has them.

#include "common/net/endpoint.hpp"

#include <algorithm>

#include "common/core/check.hpp"
#include "common/core/error.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/peak_memory.hpp"

namespace dyna::fuzz {
namespace {

/// The text itself, its parts, and an error that repeats it as it is put together.
constexpr MemoryBound kBound = {.fixed_bytes = 4096, .per_byte = 16};

}  // namespace

void RunEndpoint(ByteView bytes) {
  const std::string text(AsText(bytes));
  for (const auto parse : {net::ConnectEndpoint, net::BindEndpoint}) {
    try {
      const auto endpoint = Bounded(kBound, bytes.size(), [&] { return parse("key", text); });
      const std::string written = endpoint.text();
      DYNA_CHECK_MSG(parse("key", written) == endpoint, written);
      // It goes to libzmq as a C string, and into logs.
      DYNA_CHECK(std::all_of(written.begin(), written.end(),
                             [](char c) { return static_cast<unsigned char>(c) >= 0x20; }));
    } catch (const ConfigError&) {
      continue;
    }
  }
}

}  // namespace dyna::fuzz
