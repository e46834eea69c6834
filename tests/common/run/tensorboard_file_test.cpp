#include "common/run/tensorboard_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>

#include "common/core/crc32c.hpp"
#include "common/core/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna {
namespace {

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

template <class T>
T At(const std::string& bytes, std::size_t offset) {
  T value{};
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

/// Undoes the mask: what TensorFlow's reader does before it compares.
std::uint32_t Unmasked(std::uint32_t masked) {
  const std::uint32_t rotated = masked - 0xA282EAD8U;
  return (rotated >> 17) | (rotated << 15);
}

std::uint32_t Crc(const std::string& bytes) {
  return Crc32c(std::as_bytes(std::span<const char>(bytes)));
}

/// The events of a file, each checked by its checksums.
std::vector<std::string> Events(const std::string& file) {
  std::vector<std::string> events;
  for (std::size_t at = 0; at < file.size();) {
    const auto bytes = At<std::uint64_t>(file, at);
    EXPECT_EQ(Unmasked(At<std::uint32_t>(file, at + 8)), Crc(file.substr(at, 8)));
    events.push_back(file.substr(at + 12, bytes));
    EXPECT_EQ(Unmasked(At<std::uint32_t>(file, at + 12 + bytes)), Crc(events.back()));
    at += 16 + bytes;
  }
  return events;
}

class TensorboardFileTest : public testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "tensorboard" / "events.out.tfevents.0.x"; }
  testing_support::TemporaryFolder folder_;
};

TEST_F(TensorboardFileTest, RecordsHoldTheProtobufsThatTensorBoardReads) {
  auto file = TensorboardFile::Create(path());
  file.Append(300, {{"a", 1.5},
                    {"b", std::numeric_limits<double>::quiet_NaN()},
                    {"c", std::numeric_limits<double>::infinity()}});
  const auto events = Events(ReadAll(path()));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].substr(9),
            "\x1a\x0d"
            "brain.Event:2");
  // Written by hand: step 300 = AC 02; summary of one value, tag "a", simple_value 1.5 = 3FC00000.
  EXPECT_EQ(events[1][0], '\x09');  // wall_time, a double
  EXPECT_GT(At<double>(events[1], 1), 1.6e9);
  EXPECT_EQ(events[1].substr(9), std::string("\x10\xac\x02\x2a\x0a\x0a\x08\x0a\x01"
                                             "a\x15\0\0\xc0\x3f",
                                             15));
}

TEST_F(TensorboardFileTest, WhatFollowsACheckpointIsCutOff) {
  auto file = TensorboardFile::Create(path());
  file.Append(1, {{"a", 1.0}});
  const auto bytes = file.Sync();
  file.Append(2, {{"a", 2.0}});
  std::ofstream(path(), std::ios::app | std::ios::binary) << "half a rec";
  auto resumed = TensorboardFile::Resume(path(), bytes);
  resumed.Append(3, {{"a", 3.0}});
  const auto events = Events(ReadAll(path()));
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[2].substr(9, 2), "\x10\x03");
  EXPECT_THROW((void)TensorboardFile::Resume(path(), 1'000'000), CheckpointError);
}

TEST(ScalarsOfTest, ColumnsAreGroupedByWhatTheyAreOf) {
  const auto scalars =
      ScalarsOf({"env_steps", "wall_seconds", "eval_return_mean", "wall_seconds_model",
                 "model_holdout_mse", "rollout_length", "critic_loss"},
                {"10", "2.5", "-3", "1", "nan", "4", "0.5"});
  ASSERT_EQ(scalars.size(), 6U);
  EXPECT_EQ(scalars[0], (std::pair<std::string, double>("time/wall_seconds", 2.5)));
  EXPECT_EQ(scalars[1], (std::pair<std::string, double>("eval/return_mean", -3.0)));
  EXPECT_EQ(scalars[2].first, "time/model");
  EXPECT_EQ(scalars[3].first, "model/holdout_mse");
  EXPECT_TRUE(std::isnan(scalars[3].second));
  EXPECT_EQ(scalars[4].first, "imagination/rollout_length");
  EXPECT_EQ(scalars[5].first, "learner/critic_loss");
}

}  // namespace
}  // namespace dyna
