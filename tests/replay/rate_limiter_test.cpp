#include "replay/rate_limiter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/core/rng.hpp"

namespace dyna::replay {
namespace {

using testing::HasSubstr;

/// Tries, and counts if allowed.
bool Insert(RateLimiter& limiter, std::int64_t rows, std::int64_t size,
            std::uint64_t driver_inserted = 0) {
  if (!limiter.CanInsert(rows, size, driver_inserted).ok()) return false;
  limiter.OnInsert(rows);
  return true;
}

bool Sample(RateLimiter& limiter, std::int64_t rows, std::int64_t size) {
  if (!limiter.CanSample(rows, size).ok()) return false;
  limiter.OnSample(rows);
  return true;
}

TEST(RateLimiterTest, SamplesWaitForTheMinimumSizeAndThenForInserts) {
  RateLimiter limiter({.samples_per_insert = 4.0, .min_size_to_sample = 3, .samples_slack = 6.0});
  EXPECT_FALSE(Sample(limiter, 1, 0));
  ASSERT_TRUE(Insert(limiter, 2, 0));   // lead -4
  EXPECT_FALSE(Sample(limiter, 1, 2));  // 2 rows of 3
  ASSERT_TRUE(Insert(limiter, 1, 2));   // lead 0
  EXPECT_EQ(limiter.lead(), 0.0);
  EXPECT_TRUE(Sample(limiter, 4, 3));   // lead -4
  EXPECT_TRUE(Sample(limiter, 2, 3));   // lead -6, the slack
  EXPECT_FALSE(Sample(limiter, 1, 3));  // would be -7
  ASSERT_TRUE(Insert(limiter, 1, 3));   // lead -2
  EXPECT_FALSE(Sample(limiter, 5, 4));  // would be -7
  EXPECT_TRUE(Sample(limiter, 4, 4));   // lead -6
  EXPECT_EQ(limiter.sampled(), 10U);
}

TEST(RateLimiterTest, InsertsWaitWhenSamplersLagIfConfigured) {
  const RateLimiter::Options options{.samples_per_insert = 2.0,
                                     .min_size_to_sample = 2,
                                     .samples_slack = 0.0,
                                     .inserts_slack = 6.0,
                                     .sample_rows_max = 4,
                                     .insert_rows_max = 1};
  options.Check("t", 100);
  RateLimiter limiter(options);
  EXPECT_TRUE(Insert(limiter, 1, 0));   // lead -2
  EXPECT_TRUE(Insert(limiter, 1, 1));   // lead 0
  EXPECT_TRUE(Insert(limiter, 1, 2));   // lead 2
  EXPECT_TRUE(Insert(limiter, 1, 3));   // lead 4
  EXPECT_TRUE(Insert(limiter, 1, 4));   // lead 6, the slack
  EXPECT_FALSE(Insert(limiter, 1, 5));  // would be 8
  EXPECT_TRUE(Sample(limiter, 2, 5));   // lead 4
  EXPECT_TRUE(Insert(limiter, 1, 5));   // lead 6
  EXPECT_TRUE(Insert(limiter, 1, 1)) << "below the minimum size rows are always taken";
}

TEST(RateLimiterTest, WithoutRatiosOnlyTheMinimumSizeCounts) {
  RateLimiter limiter({.min_size_to_sample = 2});
  EXPECT_FALSE(Sample(limiter, 1, 1));
  EXPECT_TRUE(Sample(limiter, 1'000'000, 2));
  EXPECT_TRUE(Insert(limiter, 1'000'000, 2));
}

TEST(RateLimiterTest, RowsPerDriverRowBoundsInserts) {
  RateLimiter limiter({.driver = "real",
                       .rows_per_driver_row = 2.5,
                       .driver_slack = 3.0,
                       .driver_rows_skipped = 10});
  EXPECT_TRUE(Insert(limiter, 3, 0, 0));    // 3 of 0 + 3
  EXPECT_FALSE(Insert(limiter, 1, 3, 10));  // skipped rows earn nothing
  EXPECT_TRUE(Insert(limiter, 2, 3, 11));   // 5 of 2.5 + 3
  EXPECT_FALSE(Insert(limiter, 1, 5, 11));  // 6 of 5.5
  EXPECT_TRUE(Insert(limiter, 5, 5, 14));   // 10 of 10 + 3
  EXPECT_TRUE(Insert(limiter, 3, 10, 14));  // 13 of 13
}

TEST(RateLimiterTest, ARoundedRatioEarnsWholeRows) {
  RateLimiter limiter({.driver = "real", .rows_per_driver_row = 0.7});
  EXPECT_TRUE(Insert(limiter, 7, 0, 10));
  EXPECT_TRUE(Insert(limiter, 14, 7, 30));
  EXPECT_FALSE(Insert(limiter, 1, 21, 30));
}

TEST(RateLimiterTest, WaitingNamesTheLimitItsValueAndItsBound) {
  RateLimiter limiter({.samples_per_insert = 2.0,
                       .min_size_to_sample = 5,
                       .samples_slack = 4.0,
                       .inserts_slack = 16.0,
                       .sample_rows_max = 8,
                       .insert_rows_max = 6,
                       .driver = "real",
                       .rows_per_driver_row = 2.0,
                       .driver_slack = 1.0});
  const auto size = limiter.CanSample(8, 3).error();
  EXPECT_EQ(size.code, ErrorCode::kBackpressure);
  EXPECT_EQ(size.message, "min_size_to_sample: 3 rows held of 5");
  ASSERT_TRUE(Insert(limiter, 5, 0, 100));
  const auto sample = limiter.CanSample(8, 5).error();
  EXPECT_EQ(sample.code, ErrorCode::kBackpressure);
  EXPECT_EQ(sample.message,
            "samples_per_insert: samples would run 8 rows ahead of inserts, more than "
            "samples_slack = 4");
  ASSERT_TRUE(Insert(limiter, 6, 5, 100));
  const auto insert = limiter.CanInsert(6, 11, 100).error();
  EXPECT_EQ(insert.code, ErrorCode::kBackpressure);
  EXPECT_EQ(insert.message,
            "samples_per_insert: samplers would lag by 24 rows, more than inserts_slack = 16");
  const auto driven = limiter.CanInsert(1, 11, 5).error();
  EXPECT_EQ(driven.code, ErrorCode::kBackpressure);
  EXPECT_EQ(driven.message,
            "rows_per_driver_row: 12 rows would be more than 11 = 2 * 5 rows of 'real' + "
            "driver_slack 1");
}

TEST(RateLimiterTest, RefusesRequestsThatCouldNeverPass) {
  RateLimiter limiter({.samples_per_insert = 1.0,
                       .samples_slack = 4.0,
                       .inserts_slack = 4.0,
                       .sample_rows_max = 4,
                       .insert_rows_max = 4});
  EXPECT_EQ(limiter.CanSample(5, 100).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(limiter.CanInsert(5, 100, 0).error().code, ErrorCode::kInvalidArgument);
}

TEST(RateLimiterTest, RefusesConfigurationsThatCouldDeadlock) {
  const auto message = [](const RateLimiter::Options& options) -> std::string {
    try {
      options.Check("t", 100);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message({.min_size_to_sample = 101}), HasSubstr("min_size_to_sample = 101"));
  EXPECT_THAT(message({.min_size_to_sample = 0}), HasSubstr("[1, capacity = 100]"));
  EXPECT_THAT(message({.samples_per_insert = -1.0}), HasSubstr("samples_per_insert = -1"));
  EXPECT_THAT(message({.samples_per_insert = std::nan("")}), HasSubstr("samples_per_insert"));
  EXPECT_THAT(message({.samples_slack = -1.0}), HasSubstr("samples_slack = -1"));
  EXPECT_THAT(message({.inserts_slack = 5.0}), HasSubstr("inserts_slack = 5"));
  EXPECT_THAT(message({.driver = "t", .rows_per_driver_row = 1.0}), HasSubstr("itself"));
  EXPECT_THAT(message({.driver = "d"}), HasSubstr("rows_per_driver_row = 0"));
  RateLimiter::Options narrow{.samples_per_insert = 8.0,
                              .samples_slack = 100.0,
                              .inserts_slack = 211.0,
                              .sample_rows_max = 256,
                              .insert_rows_max = 7};
  EXPECT_THAT(message(narrow), HasSubstr("100 + 211 is below"));
  EXPECT_THAT(message(narrow), HasSubstr("= 312"));
  narrow.inserts_slack = 212.0;
  EXPECT_EQ(message(narrow), "");
}

/// A random valid configuration whose band is as narrow as Check() allows.
RateLimiter::Options RandomOptions(Rng& rng) {
  RateLimiter::Options options;
  options.samples_per_insert = rng.Uniform(0.01, 40.0);
  options.min_size_to_sample = 1 + static_cast<std::int64_t>(rng.Below(50));
  options.sample_rows_max = 1 + static_cast<std::int64_t>(rng.Below(300));
  options.insert_rows_max = 1 + static_cast<std::int64_t>(rng.Below(30));
  const double band = static_cast<double>(options.sample_rows_max) +
                      options.samples_per_insert * static_cast<double>(options.insert_rows_max);
  options.samples_slack = rng.Uniform() * band;
  options.inserts_slack = band - options.samples_slack;
  // The sum may round below the band, which Check() would refuse.
  while (options.samples_slack + *options.inserts_slack < band) {
    options.inserts_slack = std::nextafter(*options.inserts_slack, HUGE_VAL);
  }
  return options;
}

TEST(RateLimiterTest, ProducerAndSamplerNeverBothWait) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Rng rng(seed, "deadlock");
    const RateLimiter::Options options = RandomOptions(rng);
    const auto capacity = options.min_size_to_sample + static_cast<std::int64_t>(rng.Below(100));
    options.Check("t", capacity);
    RateLimiter limiter(options);
    std::int64_t size = 0;
    for (int round = 0; round < 2000; ++round) {
      // Largest batches wait soonest; now and then a smaller one, or rows become stale.
      const bool largest = rng.Below(4) != 0;
      const auto below = [&rng](std::int64_t n) {
        return 1 + static_cast<std::int64_t>(rng.Below(static_cast<std::uint64_t>(n)));
      };
      const std::int64_t inserts =
          largest ? options.insert_rows_max : below(options.insert_rows_max);
      const std::int64_t samples =
          largest ? options.sample_rows_max : below(options.sample_rows_max);
      const bool insert_first = rng.Below(2) == 0;
      const bool inserted = insert_first && Insert(limiter, inserts, size);
      const bool sampled =
          Sample(limiter, samples, inserted ? std::min(capacity, size + inserts) : size);
      const bool inserted_after = !insert_first && Insert(limiter, inserts, size);
      ASSERT_TRUE(inserted || sampled || inserted_after) << "both wait in round " << round;
      if (inserted || inserted_after) size = std::min(capacity, size + inserts);
      if (rng.Below(100) == 0) size /= 2;
      ASSERT_LE(static_cast<double>(limiter.sampled()),
                options.samples_per_insert * static_cast<double>(limiter.inserted()) +
                    options.samples_slack + 1e-6);
    }
  }
}

TEST(RateLimiterTest, ALoadedLimiterContinuesItsCountsWithoutABurst) {
  const RateLimiter::Options options{
      .samples_per_insert = 2.0, .min_size_to_sample = 10, .samples_slack = 4.0};
  RateLimiter limiter(options);
  limiter.OnInsert(110);
  limiter.OnSample(200);  // lead 0
  StateDict state;
  limiter.Save(state);
  RateLimiter same(options);
  same.Load(state, 0);
  EXPECT_EQ(same.lead(), 0.0);
  EXPECT_TRUE(Sample(same, 4, 110));
  EXPECT_FALSE(Sample(same, 1, 110));

  RateLimiter::Options faster = options;
  faster.samples_per_insert = 20.0;
  RateLimiter changed(faster);
  changed.Load(state, 0);
  EXPECT_EQ(changed.lead(), 0.0) << "the past must not be caught up at the new ratio";
  ASSERT_TRUE(Insert(changed, 1, 110));
  EXPECT_EQ(changed.lead(), 20.0);
}

TEST(RateLimiterTest, AChangedDriverRatioCountsFromTheRestart) {
  RateLimiter::Options options{.driver = "real", .rows_per_driver_row = 1.0};
  RateLimiter limiter(options);
  ASSERT_TRUE(Insert(limiter, 100, 0, 100));
  StateDict state;
  limiter.Save(state);
  options.rows_per_driver_row = 50.0;
  RateLimiter changed(options);
  changed.Load(state, 100);
  EXPECT_FALSE(Insert(changed, 1, 100, 100));
  EXPECT_TRUE(Insert(changed, 50, 100, 101));
  EXPECT_FALSE(Insert(changed, 1, 150, 101));
}

}  // namespace
}  // namespace dyna::replay
