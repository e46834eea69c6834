#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>

#include "common/core/transition_batch.hpp"
#include "common/ports/row_id.hpp"

namespace dyna {

/// Which shard an episode's rows go to: all of them to the same one, so that segments of an
/// episode can be read in one place; episodes spread evenly.
///
/// A new episode goes to the shard that scores highest in a hash of (producer, episode, shard)
/// (rendezvous hashing, Thaler and Ravishankar 1998). Open episodes are remembered, because a
/// shard that joins would win some of them half-way. Memory is bounded: of more than
/// `episodes_max` open episodes the longest unused are forgotten, and may then move once.
class EpisodeRouter {
 public:
  explicit EpisodeRouter(std::size_t episodes_max = 1 << 16) : half_(episodes_max / 2 + 1) {}

  /// `shards`: at least one, in any order.
  ShardTag Route(const Provenance& row, std::span<const ShardTag> shards);
  /// No more rows of the episode will come.
  void Close(const Provenance& row);

  /// Episodes remembered.
  std::size_t open() const noexcept { return young_.size() + old_.size(); }

 private:
  struct Key {
    std::uint32_t producer = 0;
    std::uint64_t episode = 0;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  using Episodes = std::unordered_map<Key, ShardTag, Hash>;

  void Remember(const Key& key, ShardTag shard);

  std::size_t half_;
  // Two generations: whatever is used moves to the young one; when that is full, the old one goes.
  Episodes young_;
  Episodes old_;
};

}  // namespace dyna
