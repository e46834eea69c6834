#include "common/ports/episode_router.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/chi_square.hpp"

namespace dyna {
namespace {

using testing_support::ChiSquare;
using testing_support::ChiSquareBound;

Provenance Row(std::uint32_t producer, std::uint64_t episode) {
  return {.episode = episode, .producer = producer};
}

TEST(EpisodeRouterTest, EpisodesSpreadEvenlyOverShardsForEveryProducer) {
  const std::vector<ShardTag> shards = {0, 1, 7};
  for (const std::uint32_t producer : {0U, 1U, 1000U}) {
    EpisodeRouter router;
    std::map<ShardTag, int> counts;
    for (std::uint64_t episode = 0; episode < 30'000; ++episode) {
      ++counts[router.Route(Row(producer, episode), shards)];
    }
    const std::map<ShardTag, double> expected = {{0, 1.0 / 3}, {1, 1.0 / 3}, {7, 1.0 / 3}};
    EXPECT_LT(ChiSquare(expected, counts, 30'000), ChiSquareBound(2)) << producer;
  }
}

TEST(EpisodeRouterTest, AnOpenEpisodeStaysWhereItBeganWhenAShardJoins) {
  EpisodeRouter router;
  const std::vector<ShardTag> before = {3, 4};
  const std::vector<ShardTag> after = {3, 4, 5};
  std::map<std::uint64_t, ShardTag> began;
  for (std::uint64_t episode = 0; episode < 300; ++episode) {
    began[episode] = router.Route(Row(1, episode), before);
  }
  int moved = 0;
  EpisodeRouter fresh;
  for (const auto& [episode, shard] : began) {
    EXPECT_EQ(router.Route(Row(1, episode), after), shard);
    if (fresh.Route(Row(1, episode), after) != shard) ++moved;
  }
  EXPECT_GT(moved, 50) << "the new shard would have won none: the test shows nothing";
  int joined = 0;
  for (std::uint64_t episode = 300; episode < 600; ++episode) {
    if (router.Route(Row(1, episode), after) == 5) ++joined;
  }
  EXPECT_GT(joined, 50) << "new episodes must reach the new shard";
}

TEST(EpisodeRouterTest, TheSameEpisodeNumberOfTwoProducersIsTwoEpisodes) {
  EpisodeRouter router;
  const std::vector<ShardTag> shards = {0, 1};
  int differ = 0;
  for (std::uint64_t episode = 0; episode < 100; ++episode) {
    if (router.Route(Row(1, episode), shards) != router.Route(Row(2, episode), shards)) ++differ;
  }
  EXPECT_GT(differ, 20);
  EXPECT_LT(differ, 80);
}

TEST(EpisodeRouterTest, ForgetsClosedEpisodesAndNeverRemembersMoreThanItsBound) {
  EpisodeRouter router(100);
  const std::vector<ShardTag> shards = {0, 1};
  const ShardTag used_all_along = router.Route(Row(9, 0), shards);
  router.Route(Row(8, 0), shards);
  EXPECT_EQ(router.open(), 2U);
  router.Close(Row(8, 0));
  router.Close(Row(7, 0));  // never opened
  EXPECT_EQ(router.open(), 1U);
  const std::vector<ShardTag> grown = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  for (std::uint64_t episode = 0; episode < 10'000; ++episode) {
    router.Route(Row(1, episode), grown);
    EXPECT_EQ(router.Route(Row(9, 0), grown), used_all_along);
    ASSERT_LE(router.open(), 103U);
  }
}

}  // namespace
}  // namespace dyna
