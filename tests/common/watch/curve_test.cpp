#include "common/watch/curve.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "tests/support/temporary_folder.hpp"

namespace dyna::watch {
namespace {

using testing::HasSubstr;
using testing_support::TemporaryFolder;

class CurveTest : public testing::Test {
 protected:
  void Append(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::app) << text;
  }
  CsvRows Read(std::uint64_t from, std::size_t rows_max = 100) const {
    return ReadRows(folder_ / "f.csv", {"b", "missing", "a"}, from, rows_max);
  }

  TemporaryFolder folder_;
};

TEST_F(CurveTest, ReadsTheWantedColumnsOfCompleteRows) {
  Append("f.csv", "a,b,c\n1,2,3\n4,nan,\n5,6");
  const CsvRows read = Read(0);
  ASSERT_EQ(read.rows.size(), 2U);
  EXPECT_EQ(read.rows[0][0], 2.0);
  EXPECT_TRUE(std::isnan(read.rows[0][1]));
  EXPECT_EQ(read.rows[0][2], 1.0);
  EXPECT_TRUE(std::isnan(read.rows[1][0]));
  EXPECT_FALSE(read.more);
}

TEST_F(CurveTest, GoesOnWhereItWas) {
  Append("f.csv", "a,b\n1,2\n3,");
  const CsvRows first = Read(0);
  EXPECT_EQ(first.rows.size(), 1U);
  Append("f.csv", "4\n5,6\n");
  const CsvRows second = Read(first.next, 1);
  ASSERT_EQ(second.rows.size(), 1U);
  EXPECT_EQ(second.rows[0][0], 4.0);
  EXPECT_TRUE(second.more);
  const CsvRows third = Read(second.next);
  ASSERT_EQ(third.rows.size(), 1U);
  EXPECT_EQ(third.rows[0][0], 6.0);
  EXPECT_TRUE(Read(third.next).rows.empty());
  EXPECT_EQ(Read(third.next).next, third.next);
}

TEST_F(CurveTest, AllRowsOfALongFileComeOnceInBoundedPieces) {
  Append("f.csv", "a,b\n");
  std::string rows;
  for (int i = 0; i < 50'000; ++i) rows += std::to_string(i) + ",1000000\n";
  Append("f.csv", rows);
  std::uint64_t from = 0;
  double expected = 0.0;
  bool more = true;
  for (int pieces = 0; more; ++pieces) {
    ASSERT_LT(pieces, 1'000);
    const CsvRows read = Read(from, 2'000);
    EXPECT_LE(read.rows.size(), 2'000U);
    for (const auto& row : read.rows) EXPECT_EQ(row[2], expected++);
    from = read.next;
    more = read.more;
  }
  EXPECT_EQ(expected, 50'000.0);
}

TEST_F(CurveTest, WhatIsNotThereIsNoCurveYet) {
  EXPECT_TRUE(Read(0).rows.empty());
  Append("f.csv", "a,b");
  EXPECT_TRUE(Read(0).rows.empty());
  EXPECT_TRUE(Read(1'000'000).rows.empty());
}

TEST_F(CurveTest, IsAnObjectOfJson) {
  Append("progress.csv",
         "env_steps,wall_seconds,updates,eval_return_mean,eval_return_std,model_holdout_mse\n"
         "250,1.5,100,-1200.25,30,nan\n");
  Append("episodes.csv", "actor,episode,steps,return\nactor-0,0,200,-1300.5\n");
  const std::string first = CurveJson(folder_.path(), "", 7);
  EXPECT_THAT(first, HasSubstr("\"reset\":true,\"more\":false,"));
  EXPECT_THAT(first, HasSubstr("\"evaluations\":[[250,-1200.25,30,1.5,100,null]],"));
  EXPECT_THAT(first, HasSubstr("\"episodes\":[[200,-1300.5]]}"));
  const auto begin = first.find("7-");
  const std::string next = first.substr(begin, first.find('"', begin) - begin);
  EXPECT_THAT(CurveJson(folder_.path(), next, 7),
              HasSubstr("\"reset\":false,\"more\":false,\"evaluations\":[],\"episodes\":[]"));
  EXPECT_THAT(CurveJson(folder_.path(), next, 8), HasSubstr("\"reset\":true"));
  EXPECT_THAT(CurveJson(folder_.path(), next, 8), HasSubstr("[250,"));
}

TEST_F(CurveTest, AQuestionOfJunkStartsAnew) {
  Append("progress.csv", "env_steps,eval_return_mean\n250,1\n");
  for (const char* since : {"7", "7-", "7-1", "7-1-", "7-1-2x", "-7-1-2", "x", "7 -1-2",
                            "7-99999999999999999999999-0", "../../etc/passwd"}) {
    EXPECT_THAT(CurveJson(folder_.path(), since, 7), HasSubstr("[250,1,")) << since;
  }
}

TEST_F(CurveTest, AFileOfOneEndlessLineIsNeitherReadWholeNorWaitedFor) {
  Append("progress.csv", "env_steps\n" + std::string(1U << 20U, 'x'));
  const std::string json = CurveJson(folder_.path(), "", 7);
  EXPECT_LT(json.size(), 500U);
  EXPECT_THAT(json, HasSubstr("\"more\":false"));
}

}  // namespace
}  // namespace dyna::watch
