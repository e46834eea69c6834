#include "common/wire/messages_session.hpp"

#include <algorithm>

#include "common/wire/message_codec_impl.hpp"
#include "common/wire/rows_codec.hpp"
#include "common/wire/table_state_fields.hpp"

namespace dyna::wire {

// Fields in the order of FORMAT.md; the golden bytes pin it.

template <class Archive>
void serialize(Archive& archive, Identity& identity) {
  archive(InRange{identity.role, Role::kReplay, Role::kLearner},
          Text{identity.instance, kNameBytesMax}, Text{identity.run, kNameBytesMax},
          Text{identity.environment, kNameBytesMax},
          InRange{identity.shape.obs_columns, std::int64_t{0}, kColumnsMax},
          InRange{identity.shape.action_columns, std::int64_t{0}, kColumnsMax}, identity.discrete,
          identity.incarnation);
}

template <class Archive>
void serialize(Archive& archive, Hello& message) {
  archive(message.client, message.producer);
}

template <class Archive>
void serialize(Archive& archive, Welcome::Table& table) {
  archive(Text{table.name, kNameBytesMax}, table.state);
}

template <class Archive>
void serialize(Archive& archive, Welcome& message) {
  archive(message.server, message.session, message.shard,
          List{message.tables, Welcome::kTablesMax});
}

template <class Archive>
void serialize(Archive& /*archive*/, Ok& /*message*/) {}

template <class Archive>
void serialize(Archive& archive, Refusal& message) {
  archive(InRange{message.code, ErrorCode::kBackpressure, ErrorCode::kTimeout},
          Text{message.message, Refusal::kMessageBytesMax});
}

DYNA_WIRE_MESSAGE(Hello);
DYNA_WIRE_MESSAGE(Welcome);
DYNA_WIRE_MESSAGE(Ok);
DYNA_WIRE_MESSAGE(Refusal);

const char* Name(Role role) noexcept {
  switch (role) {
    case Role::kReplay:
      return "replay";
    case Role::kActor:
      return "actor";
    case Role::kEvaluator:
      return "evaluator";
    case Role::kModelServer:
      return "model-server";
    case Role::kImagination:
      return "imagination";
    case Role::kLearner:
      return "learner";
  }
  return "unknown";
}

Refusal RefusalOf(const Error& error) {
  Refusal refusal = {.code = error.code, .message = error.message};
  if (refusal.message.size() > Refusal::kMessageBytesMax) {
    refusal.message.resize(Refusal::kMessageBytesMax - 3);
    refusal.message += "...";
  }
  std::replace_if(
      refusal.message.begin(), refusal.message.end(),
      [](char c) {
        return !Printable({&c, 1});
      },
      ' ');
  return refusal;
}

}  // namespace dyna::wire
