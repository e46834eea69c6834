// The header of every message: u8 type, then the header.

#include "common/core/check.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/message_list.hpp"
#include "tests/fuzz/peak_memory.hpp"

namespace dyna::fuzz {
namespace {

/// Items are larger in memory than on the wire (an empty name: 2 bytes there, 32 here), and lists
/// grow by doubling (a scalar without a name: 10 bytes there, 40 here).
constexpr MemoryBound kBound = {.fixed_bytes = 4 << 10U, .per_byte = 20};

}  // namespace

void RunMessages(ByteView bytes) {
  Input input(bytes);
  const auto type = static_cast<wire::MessageType>(input.Choice());
  const ByteView header = input.Rest();
  const bool known = WithMessage(type, [&]<class M>(const M& /*none*/) {
    const auto* const info = wire::FindMessageInfo(static_cast<std::uint16_t>(M::kType));
    if (header.size() > info->header_bytes_max) return;  // the envelope refuses it
    const auto decoded =
        Bounded(kBound, header.size(), [&] { return wire::DecodeHeader<M>(header); });
    if (!decoded.ok()) {
      DYNA_CHECK(decoded.error().code == ErrorCode::kMalformed);
      return;
    }
    wire::Bytes again;
    wire::EncodeHeader(decoded.value(), again);
    DYNA_CHECK(std::equal(again.begin(), again.end(), header.begin(), header.end()));
  });
  const bool listed = wire::FindMessageInfo(static_cast<std::uint16_t>(type)) != nullptr;
  DYNA_CHECK_MSG(known == listed, "message_list.hpp lacks type " << static_cast<int>(type));
}

}  // namespace dyna::fuzz
