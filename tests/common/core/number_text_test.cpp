#include "common/core/number_text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace dyna {
namespace {

TEST(NumberTextTest, IsTheShortestThatReadsBack) {
  EXPECT_EQ(NumberText(0.1), "0.1");
  EXPECT_EQ(NumberText(-3.0), "-3");
  for (const double value : {1.0 / 3.0, 1e300, 1e-300}) {
    EXPECT_EQ(std::stod(NumberText(value)), value);
  }
}

TEST(NumberTextTest, NamesWhatIsNotANumber) {
  EXPECT_EQ(NumberText(-std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(NumberText(-std::numeric_limits<double>::infinity()), "-inf");
}

}  // namespace
}  // namespace dyna
