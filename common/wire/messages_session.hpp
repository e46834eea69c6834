#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/transition_batch.hpp"
#include "common/wire/table_state.hpp"

namespace dyna::wire {

enum class Role : std::uint8_t {
  kReplay = 1,
  kActor = 2,
  kEvaluator = 3,
  kModelServer = 4,
  kImagination = 5,
  kLearner = 6,
};
/// "model-server"; for logs and messages.
const char* Name(Role role) noexcept;

/// What both ends of a connection must agree on, and who says so.
struct Identity {
  Role role = Role::kActor;
  std::string instance = {};     ///< one process of the role: "actor-3"
  std::string run = {};          ///< id of the run
  std::string environment = {};  ///< "Pendulum-v1"
  TransitionShape shape = {};
  bool discrete = false;          ///< actions are indices
  std::uint64_t incarnation = 0;  ///< of the process; a restarted one has a greater one
  bool operator==(const Identity&) const = default;
};

/// The first message of every connection; again when there was nothing else to send for a while, to
/// show that the client is alive.
struct Hello {
  static constexpr MessageType kType = MessageType::kHello;
  Identity client = {};
  std::uint32_t producer = 0;  ///< id on the rows it appends; 0 if it appends none
  bool operator==(const Hello&) const = default;
};

/// The answer to a Hello that fits. A Refusal instead is final, trying again cannot help, unless
/// its code is kBackpressure.
struct Welcome {
  static constexpr MessageType kType = MessageType::kWelcome;
  static constexpr std::size_t kTablesMax = 8;
  struct Table {
    std::string name = {};
    TableState state = {};
    bool operator==(const Table&) const = default;
  };
  Identity server = {};
  /// Of this client at this server. If it is another one than in the last Welcome on the same
  /// connection, the server had forgotten the client and all its unanswered requests.
  std::uint64_t session = 0;
  std::uint16_t shard = 0;         ///< replay only: id among the shards of the run
  std::vector<Table> tables = {};  ///< replay only
  bool operator==(const Welcome&) const = default;
};

/// Done, with nothing to say.
struct Ok {
  static constexpr MessageType kType = MessageType::kOk;
  bool operator==(const Ok&) const = default;
};

/// The answer to anything that cannot be done. kBackpressure names the limit that says wait.
struct Refusal {
  static constexpr MessageType kType = MessageType::kRefusal;
  static constexpr std::size_t kMessageBytesMax = 1024;
  ErrorCode code = ErrorCode::kInvalidArgument;
  std::string message = {};
  bool operator==(const Refusal&) const = default;
};

/// The error as a message that always encodes: cut to its bound, control characters as spaces.
Refusal RefusalOf(const Error& error);

}  // namespace dyna::wire
