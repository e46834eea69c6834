#include "common/wire/messages_weights.hpp"

#include "common/wire/message_codec_impl.hpp"
#include "common/wire/table_state.hpp"

namespace dyna::wire {

// Fields in the order of FORMAT.md; the golden bytes pin it.

template <class Archive>
void serialize(Archive& archive, FetchWeights& message) {
  archive(Text{message.name, kNameBytesMax}, message.newer_than);
}

template <class Archive>
void serialize(Archive& archive, Weights& message) {
  archive(Text{message.name, kNameBytesMax}, message.version, message.env_steps);
}

template <class Archive>
void serialize(Archive& archive, NotNewer& message) {
  archive(Text{message.name, kNameBytesMax}, message.version, message.env_steps);
}

DYNA_WIRE_MESSAGE(FetchWeights);
DYNA_WIRE_MESSAGE(Weights);
DYNA_WIRE_MESSAGE(NotNewer);

}  // namespace dyna::wire
