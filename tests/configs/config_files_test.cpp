// Every file of configs/ can be run: its keys exist, its values are in range, and all parts of a
// run can be made from it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "actors/envs/registry.hpp"
#include "cli/train/lockstep_trainer.hpp"
#include "common/config/config.hpp"

namespace dyna {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(DYNA_SOURCE_DIR) / "configs";

std::vector<std::string> ConfigFiles() {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder)) {
    if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), kFolder).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Whether this build lacks the library that the environment needs.
bool Unavailable(const std::string& environment) {
  for (const auto& family : envs::EnvironmentFamilies()) {
    const auto& names = family.names;
    if (std::find(names.begin(), names.end(), environment) != names.end()) return !family.available;
  }
  return false;
}

class ConfigFilesTest : public testing::TestWithParam<std::string> {};

TEST_P(ConfigFilesTest, ARunCanBeMadeFromIt) {
  const std::string path = (kFolder / GetParam()).string();
  ASSERT_EQ(fs::path(path).extension(), ".toml");
  const std::string environment = Config::FromFile(path).GetString("env.name", "");
  Config config = Config::FromFile(path);
  if (Unavailable(environment)) {
    EXPECT_THROW(cli::LockstepTrainer{config}, ConfigError);
    return;
  }
  const cli::LockstepTrainer trainer(config);
  EXPECT_EQ(trainer.spec().name, environment);
}

INSTANTIATE_TEST_SUITE_P(All, ConfigFilesTest, testing::ValuesIn(ConfigFiles()),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           std::replace_if(
                               name.begin(), name.end(),
                               [](char c) { return c == '/' || c == '.'; }, '_');
                           return name;
                         });

TEST(ConfigFoldersTest, EveryEnvironmentOfMbpoHasABaseline) {
  std::vector<std::string> mbpo;
  std::vector<std::string> sac;
  for (const auto& file : ConfigFiles()) {
    const fs::path path = file;
    if (path.parent_path() == "mbpo") mbpo.push_back(path.filename().string());
    if (path.parent_path() == "sac") sac.push_back(path.filename().string());
  }
  EXPECT_EQ(mbpo.size(), 7U);
  EXPECT_EQ(mbpo, sac);
}

}  // namespace
}  // namespace dyna
