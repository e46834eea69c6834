#pragma once

#include <cstdint>

namespace dyna {

/// Names a shard in row ids and saved cursors; stays the same over the shard's lives.
using ShardTag = std::uint16_t;

// Row ids as clients of several shards see them: the shard's tag in the top 16 bits, the shard's
// own id below. 2^48 rows are 892 years of appends at 10,000 rows/s.
inline constexpr unsigned kShardIdBits = 48;
inline constexpr std::uint64_t kShardIdMax = (std::uint64_t{1} << kShardIdBits) - 1;

constexpr std::uint64_t TaggedId(ShardTag tag, std::uint64_t id) noexcept {
  return (std::uint64_t{tag} << kShardIdBits) | id;
}
constexpr ShardTag TagOf(std::uint64_t tagged) noexcept {
  return static_cast<ShardTag>(tagged >> kShardIdBits);
}
constexpr std::uint64_t IdWithinShard(std::uint64_t tagged) noexcept {
  return tagged & kShardIdMax;
}

}  // namespace dyna
