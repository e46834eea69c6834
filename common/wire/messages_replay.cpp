#include "common/wire/messages_replay.hpp"

#include "common/wire/message_codec_impl.hpp"
#include "common/wire/rows_codec.hpp"
#include "common/wire/table_state_fields.hpp"

namespace dyna::wire {
namespace {

InRange<std::int64_t> Rows(std::int64_t& rows, std::int64_t low = 1) {
  return {rows, low, kRowsMax};
}
InRange<AckLevel> Level(AckLevel& level) { return {level, AckLevel::kMemory, AckLevel::kDurable}; }
Text TableName(std::string& name) { return {name, kNameBytesMax}; }

}  // namespace

// Fields in the order of FORMAT.md; the golden bytes pin it.

template <class Archive>
void serialize(Archive& archive, Append& m) {
  archive(TableName(m.table), m.producer, m.epoch, m.first_seq, Rows(m.rows), Level(m.level));
}

template <class Archive>
void serialize(Archive& archive, AppendAck& m) {
  archive(m.producer, m.epoch, m.next_seq, Level(m.level), m.credit_bytes, m.state);
}

template <class Archive>
void serialize(Archive& archive, Sample& m) {
  archive(TableName(m.table), Rows(m.rows), InRange{m.batches, std::int64_t{1}, kBatchesMax},
          m.prioritized, InRange{m.importance_beta, 0.0, std::numeric_limits<double>::max()},
          m.limited);
}

template <class Archive>
void serialize(Archive& archive, SampleReply& m) {
  archive(Rows(m.rows), InRange{m.batches, std::int64_t{1}, kBatchesMax}, m.weighted, m.state);
}

template <class Archive>
void serialize(Archive& archive, Read& m) {
  archive(TableName(m.table), m.cursor, Rows(m.rows_max));
}

template <class Archive>
void serialize(Archive& archive, ReadReply& m) {
  archive(m.next_cursor, m.rows_missed, Rows(m.rows, 0), m.state);
}

template <class Archive>
void serialize(Archive& archive, UpdatePriorities& m) {
  archive(TableName(m.table), Rows(m.count, 0));
}

template <class Archive>
void serialize(Archive& archive, Grant& m) {
  archive(TableName(m.table), m.order.incarnation, m.order.grants, m.order.inserted_max);
}

template <class Archive>
void serialize(Archive& archive, SetCapacity& m) {
  archive(TableName(m.table), InRange{m.capacity, std::int64_t{1}, kInt64Max});
}

template <class Archive>
void serialize(Archive& archive, EvictStale& m) {
  archive(TableName(m.table), m.version_min);
}

template <class Archive>
void serialize(Archive& archive, Counters& m) {
  archive(TableName(m.table));
}

template <class Archive>
void serialize(Archive& archive, CountersReply& m) {
  archive(m.state);
}

DYNA_WIRE_MESSAGE(Append);
DYNA_WIRE_MESSAGE(AppendAck);
DYNA_WIRE_MESSAGE(Sample);
DYNA_WIRE_MESSAGE(SampleReply);
DYNA_WIRE_MESSAGE(Read);
DYNA_WIRE_MESSAGE(ReadReply);
DYNA_WIRE_MESSAGE(UpdatePriorities);
DYNA_WIRE_MESSAGE(Grant);
DYNA_WIRE_MESSAGE(SetCapacity);
DYNA_WIRE_MESSAGE(EvictStale);
DYNA_WIRE_MESSAGE(Counters);
DYNA_WIRE_MESSAGE(CountersReply);

}  // namespace dyna::wire
