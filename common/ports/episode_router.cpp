#include "common/ports/episode_router.hpp"

#include <utility>

#include "common/core/check.hpp"

namespace dyna {
namespace {

/// Spreads any difference of two inputs over all bits (the finaliser of splitmix64,
/// Steele, Lea and Flood 2014).
std::uint64_t Mix(std::uint64_t z) noexcept {
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

std::uint64_t EpisodeHash(std::uint32_t producer, std::uint64_t episode) noexcept {
  return Mix(Mix(std::uint64_t{producer} + 1) + episode);
}

}  // namespace

std::size_t EpisodeRouter::Hash::operator()(const Key& key) const noexcept {
  return EpisodeHash(key.producer, key.episode);
}

ShardTag EpisodeRouter::Route(const Provenance& row, std::span<const ShardTag> shards) {
  DYNA_CHECK(!shards.empty());
  const Key key{.producer = row.producer, .episode = row.episode};
  if (const auto young = young_.find(key); young != young_.end()) return young->second;
  if (const auto old = old_.find(key); old != old_.end()) {
    const ShardTag shard = old->second;
    old_.erase(old);
    Remember(key, shard);
    return shard;
  }
  const std::uint64_t episode = EpisodeHash(key.producer, key.episode);
  ShardTag best = shards.front();
  std::uint64_t best_score = 0;
  for (const ShardTag shard : shards) {
    const std::uint64_t score = Mix(episode ^ Mix(std::uint64_t{shard} + 1));
    if (score >= best_score) {
      best = shard;
      best_score = score;
    }
  }
  Remember(key, best);
  return best;
}

void EpisodeRouter::Remember(const Key& key, ShardTag shard) {
  if (young_.size() >= half_) old_ = std::exchange(young_, {});
  young_.emplace(key, shard);
}

void EpisodeRouter::Close(const Provenance& row) {
  const Key key{.producer = row.producer, .episode = row.episode};
  if (young_.erase(key) == 0) old_.erase(key);
}

}  // namespace dyna
