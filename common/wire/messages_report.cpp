#include "common/wire/messages_report.hpp"

#include "common/wire/message_codec_impl.hpp"
#include "common/wire/table_state_fields.hpp"

namespace dyna::wire {

// Fields in the order of FORMAT.md; the golden bytes pin it.

template <class Archive>
void serialize(Archive& archive, Report::Scalar& scalar) {
  archive(Text{scalar.name, kNameBytesMax}, AnyReal{scalar.value});
}

template <class Archive>
void serialize(Archive& archive, Report& message) {
  archive(InRange{message.role, Role::kReplay, Role::kLearner},
          Text{message.instance, kNameBytesMax}, List{message.scalars, Report::kScalarsMax});
}

template <class Archive>
void serialize(Archive& archive, EpisodeReport::Episode& episode) {
  archive(episode.index, InRange{episode.env_steps, std::int64_t{0}, kInt64Max},
          InRange{episode.steps, std::int64_t{0}, kInt64Max}, episode.episode_return,
          episode.terminated);
}

template <class Archive>
void serialize(Archive& archive, EpisodeReport& message) {
  archive(Text{message.instance, kNameBytesMax}, message.producer, message.epoch,
          List{message.episodes, EpisodeReport::kEpisodesMax});
}

template <class Archive>
void serialize(Archive& archive, EvaluationReport::Episode& episode) {
  archive(episode.episode_return, InRange{episode.steps, std::int64_t{0}, kInt64Max});
}

template <class Archive>
void serialize(Archive& archive, EvaluationReport& message) {
  archive(Text{message.instance, kNameBytesMax}, message.number, message.policy_version,
          message.env_steps, List{message.episodes, EvaluationReport::kEpisodesMax});
}

DYNA_WIRE_MESSAGE(Report);
DYNA_WIRE_MESSAGE(EpisodeReport);
DYNA_WIRE_MESSAGE(EvaluationReport);

}  // namespace dyna::wire
