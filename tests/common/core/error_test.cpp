#include "common/core/error.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace dyna {
namespace {

Result<int> Half(int x) {
  if (x % 2 != 0) return Error{ErrorCode::kInvalidArgument, std::to_string(x) + " is odd"};
  return x / 2;
}

TEST(ResultTest, HoldsEitherAValueOrAnError) {
  const Result<int> good = Half(8);
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good.value(), 4);

  const Result<int> bad = Half(7);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(bad.error().message, "7 is odd");
}

TEST(ResultTest, GivesAwayAValueThatCannotBeCopied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  *result.value() += 1;
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 6);
}

TEST(ResultTest, StatusIsOkWhenDone) {
  const Status done = Done{};
  EXPECT_TRUE(done.ok());
  const Status waiting = Error{ErrorCode::kBackpressure, "table is full"};
  EXPECT_EQ(waiting.error().code, ErrorCode::kBackpressure);
}

TEST(ResultDeathTest, ValueOfAnErrorAbortsWithItsMessage) {
  const Result<int> bad = Half(7);
  EXPECT_DEATH((void)bad.value(), "7 is odd");
}

TEST(ResultDeathTest, ErrorOfAValueAborts) {
  const Result<int> good = Half(8);
  EXPECT_DEATH((void)good.error(), "check failed");
}

// main() catches OperatorError for exit status 2: every operator's mistake must be one.
TEST(OperatorErrorTest, EveryOperatorMistakeIsCaughtAsOne) {
  static_assert(std::is_base_of_v<OperatorError, ConfigError>);
  static_assert(std::is_base_of_v<OperatorError, CheckpointError>);
  static_assert(std::is_base_of_v<OperatorError, EnvironmentError>);
  EXPECT_THROW(throw ConfigError("x"), OperatorError);
}

TEST(CheckDeathTest, SaysWhereWhatAndWhy) {
  const int rows = 3;
  EXPECT_DEATH(DYNA_CHECK_MSG(rows == 4, "rows is " << rows),
               "error_test.cpp:[0-9]+: check failed: rows == 4 \\(rows is 3\\)");
}

TEST(CheckTest, EvaluatesItsConditionOnce) {
  int calls = 0;
  DYNA_CHECK(++calls == 1);
  DYNA_CHECK_MSG(++calls == 2, "unused");
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace dyna
