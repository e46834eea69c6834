#include "common/ports/remote/sample_stock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace dyna {
namespace {

/// Rows with ids first, first + 1, ...; the reward is the id and the weight id / 1000.
SampleBatch Lot(std::uint64_t first, std::int64_t rows, std::uint64_t model_version = 1) {
  SampleBatch batch;
  batch.rows = TransitionBatch::Zeros(rows, {.obs_columns = 2, .action_columns = 1});
  batch.weights.resize(rows);
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::uint64_t id = first + static_cast<std::uint64_t>(row);
    batch.ids.push_back(id);
    batch.rows.reward[row] = static_cast<float>(id);
    batch.rows.provenance[static_cast<std::size_t>(row)].model_version = model_version;
    batch.weights[row] = static_cast<float>(id) / 1000.0F;
  }
  return batch;
}

void ExpectConsistent(const SampleBatch& batch, std::int64_t rows) {
  ASSERT_EQ(batch.rows.size(), rows);
  ASSERT_EQ(batch.ids.size(), static_cast<std::size_t>(rows));
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto id = static_cast<float>(batch.ids[static_cast<std::size_t>(row)]);
    EXPECT_EQ(batch.rows.reward[row], id);
    EXPECT_EQ(batch.weights[row], id / 1000.0F);
  }
}

TEST(SampleStockTest, HandsOutEveryRowOnceWhateverTheSizes) {
  SampleStock stock;
  stock.Add(Lot(0, 7));
  stock.Add(Lot(7, 5));
  stock.Add(Lot(12, 9));
  std::vector<std::uint64_t> ids;
  for (const std::int64_t rows : {3, 8, 1, 9}) {
    const auto taken = stock.Take(rows);
    ASSERT_TRUE(taken.ok());
    ExpectConsistent(taken.value(), rows);
    ids.insert(ids.end(), taken.value().ids.begin(), taken.value().ids.end());
  }
  std::sort(ids.begin(), ids.end());
  for (std::size_t i = 0; i < 21; ++i) EXPECT_EQ(ids[i], i);
  EXPECT_EQ(stock.rows(), 0);
}

TEST(SampleStockTest, TooFewRowsAreKeptUntilThereAreEnough) {
  SampleStock stock;
  stock.Add(Lot(0, 4));
  const auto early = stock.Take(6);
  ASSERT_FALSE(early.ok());
  EXPECT_EQ(early.error().code, ErrorCode::kTimeout);
  EXPECT_EQ(stock.rows(), 4);
  stock.Add(Lot(4, 4));
  const auto taken = stock.Take(6);
  ASSERT_TRUE(taken.ok());
  ExpectConsistent(taken.value(), 6);
}

TEST(SampleStockTest, AsksForMoreOnlyWhenSomebodyTakesAndIsBounded) {
  SampleStock stock;
  EXPECT_FALSE(stock.wants_more(0));
  (void)stock.Take(100);
  EXPECT_TRUE(stock.wants_more(0));
  EXPECT_FALSE(stock.wants_more(2 * stock.request_rows()));
  EXPECT_LE(stock.request_rows(), 16'384);
}

TEST(SampleStockTest, RowsOfOlderModelsAreDropped) {
  SampleStock stock;
  stock.Add(Lot(0, 4, 1));
  stock.Add(Lot(4, 4, 3));
  (void)stock.Take(2);  // partly used lots too
  stock.DropOlderThan(3);
  EXPECT_EQ(stock.rows(), 4);
  const auto taken = stock.Take(4);
  ASSERT_TRUE(taken.ok());
  ExpectConsistent(taken.value(), 4);
  EXPECT_EQ(taken.value().ids.front(), 4U);
}

TEST(SampleStockTest, RowsOfOlderModelsThatWereDrawnBeforeAreDroppedWhenTheyArrive) {
  SampleStock stock;
  stock.DropOlderThan(3);
  stock.Add(Lot(0, 4, 2));
  EXPECT_EQ(stock.rows(), 0);
  stock.Add(Lot(4, 4, 3));
  stock.Clear();  // another connection
  stock.Add(Lot(8, 4, 2));
  stock.Add(Lot(12, 4, 4));
  const auto taken = stock.Take(4);
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken.value().ids.front(), 12U);
}

}  // namespace
}  // namespace dyna
