#pragma once

#include <cstdint>
#include <string>

#include "common/wire/message_type.hpp"
#include "common/wire/table_state.hpp"

namespace dyna::wire {

/// When an Append is acknowledged.
enum class AckLevel : std::uint8_t {
  kMemory = 0,   ///< the shard holds the rows; they are lost if it dies
  kDurable = 1,  ///< they are on its disk
};

/// Payload: EncodeRows. Row i of the payload has sequence number first_seq + i; a shard takes each
/// number of (producer, epoch) once, so that an Append may be sent again.
struct Append {
  static constexpr MessageType kType = MessageType::kAppend;
  std::string table = {};
  std::uint32_t producer = 0;
  std::uint64_t epoch = 0;  ///< incarnation of the producer, whose sequence began at 0
  std::uint64_t first_seq = 0;
  std::int64_t rows = 0;  ///< 1 .. kRowsMax
  AckLevel level = AckLevel::kMemory;
  bool operator==(const Append&) const = default;
};

struct AppendAck {
  static constexpr MessageType kType = MessageType::kAppendAck;
  std::uint32_t producer = 0;
  std::uint64_t epoch = 0;
  std::uint64_t next_seq = 0;  ///< every row before it is held at `level`
  AckLevel level = AckLevel::kMemory;
  std::uint64_t credit_bytes = 0;  ///< payload the producer may have unacknowledged from now on
  TableState state = {};
  bool operator==(const AppendAck&) const = default;
};

/// Several batches per request. Fields as in SampleRequest.
struct Sample {
  static constexpr MessageType kType = MessageType::kSample;
  std::string table = {};
  std::int64_t rows = 0;     ///< of each batch, 1 .. kRowsMax
  std::int64_t batches = 0;  ///< 1 .. kBatchesMax
  bool prioritized = false;
  double importance_beta = 0.0;  ///< >= 0
  bool limited = true;
  bool operator==(const Sample&) const = default;
};

/// Payload: EncodeSamples.
struct SampleReply {
  static constexpr MessageType kType = MessageType::kSampleReply;
  std::int64_t rows = 0;
  std::int64_t batches = 0;
  bool weighted = false;  ///< importance weights follow each batch; else they are all 1
  TableState state = {};
  bool operator==(const SampleReply&) const = default;
};

/// Rows with id >= cursor, oldest first.
struct Read {
  static constexpr MessageType kType = MessageType::kRead;
  std::string table = {};
  std::uint64_t cursor = 0;
  std::int64_t rows_max = 0;  ///< 1 .. kRowsMax
  bool operator==(const Read&) const = default;
};

/// Payload: EncodeRows.
struct ReadReply {
  static constexpr MessageType kType = MessageType::kReadReply;
  std::uint64_t next_cursor = 0;
  std::uint64_t rows_missed = 0;
  std::int64_t rows = 0;  ///< 0 .. kRowsMax
  TableState state = {};
  bool operator==(const ReadReply&) const = default;
};

/// Payload: EncodePriorities. Answered by CountersReply, as are all below.
struct UpdatePriorities {
  static constexpr MessageType kType = MessageType::kUpdatePriorities;
  std::string table = {};
  std::int64_t count = 0;  ///< 0 .. kRowsMax
  bool operator==(const UpdatePriorities&) const = default;
};

/// Sets the table's allowance; does nothing if it is not based on the table's present counts.
struct Grant {
  static constexpr MessageType kType = MessageType::kGrant;
  std::string table = {};
  GrantOrder order = {};
  bool operator==(const Grant&) const = default;
};

struct SetCapacity {
  static constexpr MessageType kType = MessageType::kSetCapacity;
  std::string table = {};
  std::int64_t capacity = 0;  ///< >= 1
  bool operator==(const SetCapacity&) const = default;
};

struct EvictStale {
  static constexpr MessageType kType = MessageType::kEvictStale;
  std::string table = {};
  std::uint64_t version_min = 0;
  bool operator==(const EvictStale&) const = default;
};

struct Counters {
  static constexpr MessageType kType = MessageType::kCounters;
  std::string table = {};
  bool operator==(const Counters&) const = default;
};

struct CountersReply {
  static constexpr MessageType kType = MessageType::kCountersReply;
  TableState state = {};
  bool operator==(const CountersReply&) const = default;
};

}  // namespace dyna::wire
