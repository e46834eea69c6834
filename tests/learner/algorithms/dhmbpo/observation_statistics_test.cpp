#include "learner/algorithms/dhmbpo/observation_statistics.hpp"

#include <gtest/gtest.h>

#include "common/core/rng.hpp"

namespace dyna::learner::dhmbpo {
namespace {

RowMatrix RandomRows(Rng& rng, Eigen::Index rows) {
  RowMatrix obs(rows, 3);
  for (Eigen::Index i = 0; i < rows; ++i) {
    obs(i, 0) = static_cast<float>(1000.0 + 0.1 * rng.Normal());
    obs(i, 1) = static_cast<float>(5.0 * rng.Normal());
    obs(i, 2) = 7.0F;
  }
  return obs;
}

TEST(ObservationStatisticsTest, PartsOfAnySizeGiveTheMomentsOfAllRows) {
  Rng rng(1, "test");
  ObservationStatistics statistics(3);
  RowMatrix all(0, 3);
  for (const Eigen::Index rows : {1, 40, 0, 700, 3}) {
    const RowMatrix part = RandomRows(rng, rows);
    RowMatrix grown(all.rows() + rows, 3);
    grown << all, part;
    all = grown;
    statistics.Add(part);
  }
  statistics.Freeze();
  const Eigen::MatrixXd x = all.cast<double>();
  const Eigen::RowVectorXd mean = x.colwise().mean();
  for (Eigen::Index j = 0; j < 2; ++j) {
    const double var = (x.col(j).array() - mean[j]).square().mean();
    EXPECT_NEAR(statistics.mean()[j], mean[j], 1e-4);
    EXPECT_NEAR(statistics.std()[j] / std::sqrt(var), 1.0, 1e-5);
  }
  EXPECT_FLOAT_EQ(statistics.std()[2], static_cast<float>(kStdMin)) << "a constant column";
  EXPECT_EQ(statistics.count(), 744);
}

TEST(ObservationStatisticsTest, NothingMovesUntilItIsFrozen) {
  Rng rng(1, "test");
  ObservationStatistics statistics(3);
  statistics.Freeze();  // of nothing
  EXPECT_EQ(statistics.std(), FloatVector::Ones(3));
  statistics.Add(RandomRows(rng, 10));
  EXPECT_EQ(statistics.mean(), FloatVector::Zero(3));
  statistics.Freeze();
  const FloatVector mean = statistics.mean();
  statistics.Add(RandomRows(rng, 10));
  EXPECT_EQ(statistics.mean(), mean);
}

TEST(ObservationStatisticsTest, ALoadedOneGoesOnBitForBit) {
  Rng rng(1, "test");
  ObservationStatistics one(3), two(3);
  one.Add(RandomRows(rng, 10));
  one.Freeze();
  one.Add(RandomRows(rng, 10));
  StateDict state;
  one.Save(state);
  two.Load(state);
  EXPECT_EQ(two.mean(), one.mean());
  one.Freeze();
  two.Freeze();
  EXPECT_EQ(two.mean(), one.mean());
  EXPECT_EQ(two.std(), one.std());
}

}  // namespace
}  // namespace dyna::learner::dhmbpo
