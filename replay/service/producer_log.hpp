#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "common/core/error.hpp"
#include "common/core/state_dict.hpp"
#include "common/wire/messages_replay.hpp"

namespace dyna::replay {

/// Which rows of each producer a shard has taken, so that what is sent twice is taken once
/// (promise P2). A producer is (id, epoch); its rows of one table are numbered from 0 within an
/// epoch. An older epoch is fenced as soon as a newer one has been heard of.
class ProducerLog {
 public:
  /// Producers remembered; of more, the one longest silent is forgotten.
  static constexpr std::size_t kProducersMax = 65'536;

  enum class Verdict : std::uint8_t {
    kNew,    ///< append them, then call Took()
    kTwice,  ///< they are here: acknowledge, append nothing
  };
  /// kBackpressure: rows before these are missing, send those first. kVersionMismatch: the
  /// producer is fenced. kInvalidArgument: the numbers overlap what was taken, which no honest
  /// producer's do.
  Result<Verdict> Judge(const wire::Append& append);
  /// The rows that Judge() found new are in the table.
  void Took(const wire::Append& append);
  /// The number that the producer's next row has.
  std::uint64_t next_seq(const wire::Append& append) const;

  /// The producers of one table; Load() replaces them.
  void Save(const std::string& table, StateDict& state) const;
  void Load(const std::string& table, const StateDict& state);

 private:
  struct Progress {
    std::uint64_t epoch = 0;
    std::uint64_t next_seq = 0;
    std::uint64_t used = 0;
  };
  using Key = std::pair<std::string, std::uint32_t>;  ///< table, producer

  void Remember(const wire::Append& append, std::uint64_t next_seq);
  void ForgetSilent();

  std::map<Key, Progress> producers_;
  std::uint64_t uses_ = 0;
};

}  // namespace dyna::replay
