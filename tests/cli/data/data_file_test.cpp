#include "cli/data/data_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>

#include "cli/data/hdf5.hpp"
#include "cli/data/npz.hpp"
#include "cli/data/transitions.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::cli {
namespace {

namespace fs = std::filesystem;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr std::int64_t kRowsMax = 1000;

/// As tests/data/transitions/make.py has it.
EnvSpec Spec() {
  return {.name = "Test-v0",
          .observation = Space::Box({-9, -9, -9}, {9, 9, 9}),
          .action = Space::Box({-2}, {2})};
}

std::string DataPath(const std::string& name) {
  return std::string(DYNA_TEST_DATA) + "/transitions/" + name;
}

TransitionBatch ReadTestFile(const std::string& name) {
  return ReadDataFiles({DataPath(name)}, Spec(), kRowsMax);
}

/// What make.py puts into its files, by the same formulas.
TransitionBatch Expected() {
  TransitionBatch rows = TransitionBatch::Zeros(10, {3, 1});
  for (Eigen::Index i = 0; i < 10; ++i) {
    const auto at = static_cast<float>(i);
    for (Eigen::Index j = 0; j < 3; ++j) {
      rows.obs(i, j) = 0.25F * at - 0.5F * static_cast<float>(j);
      rows.next_obs(i, j) = 0.25F * (at + 1) - 0.5F * static_cast<float>(j);
    }
    rows.action(i, 0) = 0.5F * static_cast<float>(i % 5 - 2);
    rows.reward[i] = -0.125F * at;
    rows.terminated[i] = i == 9 ? 1.0F : 0.0F;
    rows.truncated[i] = i == 4 ? 1.0F : 0.0F;
    rows.provenance[static_cast<std::size_t>(i)] = {.episode = static_cast<std::uint64_t>(i / 5),
                                                    .step = static_cast<std::uint32_t>(i % 5)};
  }
  return rows;
}

void ExpectSame(const TransitionBatch& rows, const TransitionBatch& expected) {
  ASSERT_EQ(rows.size(), expected.size());
  EXPECT_EQ(rows.obs, expected.obs);
  EXPECT_EQ(rows.action, expected.action);
  EXPECT_EQ(rows.reward, expected.reward);
  EXPECT_EQ(rows.next_obs, expected.next_obs);
  EXPECT_EQ(rows.terminated, expected.terminated);
  EXPECT_EQ(rows.truncated, expected.truncated);
  EXPECT_EQ(rows.provenance, expected.provenance);
}

std::string ErrorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

TEST(DataFileTest, WhatNumPyAndH5pyWroteIsRead) {
  for (const char* const name :
       {"float64.npz", "fortran_float32.npz", "d4rl.hdf5", "minari.hdf5"}) {
    SCOPED_TRACE(name);
    ExpectSame(ReadTestFile(name), Expected());
  }
}

TEST(DataFileTest, DiscreteActionsAreIndices) {
  EnvSpec spec = Spec();
  spec.action = Space::Discrete(2);
  const auto rows = ReadDataFiles({DataPath("discrete.npz")}, spec, kRowsMax);
  for (Eigen::Index i = 0; i < 10; ++i) EXPECT_EQ(rows.action(i, 0), static_cast<float>(i % 2));
  spec.action = Space::Discrete(1);
  const auto error = ErrorOf([&] { ReadDataFiles({DataPath("discrete.npz")}, spec, kRowsMax); });
  EXPECT_EQ(error, "'" + DataPath("discrete.npz") +
                       "': 'actions' row 1 = 1 is not in Discrete(1) of Test-v0");
}

TEST(DataFileTest, RowsWrittenAreReadBack) {
  const testing_support::TemporaryFolder folder;
  for (const char* const name : {"rows.npz", "rows.hdf5", "rows.h5"}) {
    SCOPED_TRACE(name);
    const std::string path = (folder / name).string();
    WriteDataFile(path, Expected(), Spec());
    ExpectSame(ReadDataFiles({path}, Spec(), kRowsMax), Expected());
    WriteDataFile(path, Expected(), Spec());  // takes the place of the old one
    EnvSpec discrete = Spec();
    discrete.action = Space::Discrete(3);
    TransitionBatch rows = Expected();
    for (Eigen::Index i = 0; i < 10; ++i) rows.action(i, 0) = static_cast<float>(i % 3);
    WriteDataFile(path, rows, discrete);
    ExpectSame(ReadDataFiles({path}, discrete, kRowsMax), rows);
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 3);
}

TEST(DataFileTest, FilesFollowEachOtherAsOtherEpisodes) {
  const auto rows =
      ReadDataFiles({DataPath("d4rl.hdf5"), DataPath("minari.hdf5")}, Spec(), kRowsMax);
  ASSERT_EQ(rows.size(), 20);
  EXPECT_EQ(rows.provenance[9].episode, 1U);
  EXPECT_EQ(rows.provenance[10].episode, 2U);
  EXPECT_EQ(rows.provenance[19].episode, 3U);
}

TEST(DataFileTest, AnObservationThatDoesNotFollowBeginsAnEpisode) {
  TransitionBatch rows = Expected();
  rows.truncated.setZero();
  rows.obs.row(7).array() += 1.0F;
  const auto read = ToRows(ToColumns(rows, Spec()), false, Spec(), "x", 0);
  EXPECT_EQ(read.provenance[6].episode, 0U);
  EXPECT_EQ(read.provenance[7].episode, 1U);
  EXPECT_EQ(read.provenance[7].step, 0U);
}

TEST(DataFileTest, WhatDoesNotFitTheEnvironmentIsNamed) {
  const std::string path = DataPath("float64.npz");
  EnvSpec wide = Spec();
  wide.observation = Space::Box({-1, -1}, {1, 1});
  EXPECT_EQ(ErrorOf([&] { ReadDataFiles({path}, wide, kRowsMax); }),
            "'" + path + "': 'observations' has shape [10, 3], not [10, 2]");
  EnvSpec narrow = Spec();
  narrow.action = Space::Box({-0.5}, {0.5});
  EXPECT_EQ(ErrorOf([&] { ReadDataFiles({path}, narrow, kRowsMax); }),
            "'" + path + "': 'actions' row 0, column 0 = -1 is not in [-0.5, 0.5] of Test-v0");
  EXPECT_EQ(ErrorOf([&] { ReadDataFiles({path}, Spec(), 9); }),
            "'" + path + "': rows 10 and on do not fit: at most 9 (replay.real_capacity)");
}

/// Changes what is in good columns; the error that follows, without the file.
std::string ErrorWith(const std::function<void(Columns&)>& change, bool minari = false) {
  Columns columns = ToColumns(Expected(), Spec());
  change(columns);
  const std::string error = ErrorOf([&] { ToRows(columns, minari, Spec(), "F", 0); });
  EXPECT_EQ(error.substr(0, 3), "F: ") << error;
  return error.substr(3);
}

TEST(DataFileTest, WhatIsWrongWithAColumnIsNamed) {
  const auto with = [](const char* key, std::size_t at, float value) {
    return ErrorWith([=](Columns& columns) { columns.at(key).values.at(at) = value; });
  };
  EXPECT_EQ(with("observations", 4, kNaN),
            "'observations' row 1, column 1 = nan is not a finite float32");
  EXPECT_EQ(with("next_observations", 29, std::numeric_limits<float>::infinity()),
            "'next_observations' row 9, column 2 = inf is not a finite float32");
  EXPECT_EQ(with("rewards", 3, kNaN), "'rewards' row 3, column 0 = nan is not a finite float32");
  EXPECT_EQ(with("actions", 2, kNaN), "'actions' row 2, column 0 = nan is not a finite float32");
  EXPECT_EQ(with("terminals", 2, 0.5F), "'terminals' row 2 = 0.5 is neither 0 nor 1");
  EXPECT_EQ(with("timeouts", 0, kNaN), "'timeouts' row 0 = nan is neither 0 nor 1");
  for (const auto& [key, shape] :
       std::map<std::string, std::string>{{"rewards", "[N]"},
                                          {"observations", "[10, 3]"},
                                          {"next_observations", "[10, 3]"},
                                          {"actions", "[10, 1]"}}) {
    EXPECT_EQ(ErrorWith([&key](Columns& columns) { columns.erase(key); }),
              "has no '" + key + "', which must be " + shape);
  }
  EXPECT_EQ(ErrorWith([](Columns& columns) { columns.erase("terminals"); }),
            "has no 'terminals' or 'terminations', which must be [10] of 0 and 1");
  EXPECT_EQ(ErrorWith([](Columns& columns) { columns.erase("timeouts"); }),
            "has no 'timeouts' or 'truncations', which must be [10] of 0 and 1");
  EXPECT_EQ(ErrorWith([](Columns& columns) {
              columns["actions"] = {.shape = {9, 1}, .values = std::vector<float>(9)};
            }),
            "'actions' has shape [9, 1], not [10, 1]");
  EXPECT_EQ(ErrorWith([](Columns& columns) { columns["rewards"] = {.shape = {}, .values = {1}}; }),
            "'rewards' is a single number, not [N]");
  EXPECT_EQ(ErrorWith([](Columns&) {}, /*minari=*/true),
            "'observations' has shape [10, 3], not [11, 3]");
}

TEST(DataFileTest, FilesThatAreNoneAreNamed) {
  const testing_support::TemporaryFolder folder;
  const std::string text = (folder / "text.npz").string();
  std::ofstream(text) << "not a zip archive";
  const std::string text5 = (folder / "text.hdf5").string();
  std::ofstream(text5) << "not HDF5";
  const auto error = [](const std::string& path) {
    return ErrorOf([&] { ReadDataFiles({path}, Spec(), kRowsMax); });
  };
  EXPECT_EQ(error(text).find("'" + text + "': is no .npz file that can be read: "), 0U)
      << error(text);
  EXPECT_EQ(error(text5), "'" + text5 + "': is no HDF5 file that can be read, or is cut off");
  EXPECT_EQ(error("gone.npz"), "'gone.npz': there is no such file");
  EXPECT_EQ(error(DataPath("make.py")),
            "'" + DataPath("make.py") + "': its ending '.py' is not .npz, .hdf5 or .h5");
  EXPECT_EQ(error(DataPath("objects.npz")),
            "'" + DataPath("objects.npz") +
                "': 'actions': it has type '|O', not little-endian booleans, integers, float32 or "
                "float64");
  EXPECT_EQ(error(DataPath("minari_dict.hdf5")),
            "'" + DataPath("minari_dict.hdf5") +
                "': 'episode_0/observations' is no array; dictionaries of observations or actions "
                "are not read");
}

TEST(DataFileTest, ACutOrChangedFileIsNeverReadAsRows) {
  const testing_support::TemporaryFolder folder;
  for (const std::string name : {"float64.npz", "d4rl.hdf5"}) {
    std::ifstream file(DataPath(name), std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(file), {}};
    const std::string path = (folder / name).string();
    const auto write = [&path](const std::string& bytes) {
      std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    };
    for (std::size_t part = 0; part < 16; ++part) {
      SCOPED_TRACE(name + " cut at sixteenth " + std::to_string(part));
      write(whole.substr(0, whole.size() * part / 16));
      EXPECT_THROW(ReadDataFiles({path}, Spec(), kRowsMax), DataError);
    }
  }
  // A changed byte of compressed data fails its checksum.
  std::ifstream file(DataPath("float64.npz"), std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  bytes[bytes.find("observations.npy") + 60] ^= 1;
  const std::string path = (folder / "changed.npz").string();
  std::ofstream(path, std::ios::binary) << bytes;
  EXPECT_THROW(ReadDataFiles({path}, Spec(), kRowsMax), DataError);
}

TEST(DataFileTest, WhatCannotBeWrittenLeavesNothing) {
  const testing_support::TemporaryFolder folder;
  const std::string path = (folder / "no" / "rows").string();
  for (const char* const ending : {".npz", ".hdf5"}) {
    EXPECT_THROW(WriteDataFile(path + ending, Expected(), Spec()), DataError);
  }
  EXPECT_THROW(RequireDataFileName("rows.csv"), DataError);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace dyna::cli
