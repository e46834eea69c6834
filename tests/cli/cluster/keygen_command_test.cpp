#include "cli/cluster/keygen_command.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>

#include "common/core/error.hpp"
#include "common/net/allowlist.hpp"
#include "common/net/key_files.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::cli {
namespace {

namespace fs = std::filesystem;

class KeygenTest : public testing::Test {
 protected:
  const testing_support::TemporaryFolder temporary_;
  const fs::path root_ = temporary_.path();
};

TEST_F(KeygenTest, NamesEveryFileThatItMadeAndShowsNoSecret) {
  std::ostringstream out;
  Keygen((root_ / "keys" / "").string(), out);
  const auto list = net::Allowlist::FromFile(root_ / "keys" / "allowlist");
  EXPECT_EQ(list.size(), 6U);
  for (const auto& entry : fs::directory_iterator(root_ / "keys")) {
    EXPECT_NE(out.str().find(entry.path().filename().string() + "\n"), std::string::npos);
    const bool secret = entry.path().extension() == ".secret";
    const auto others = fs::perms::group_all | fs::perms::others_all;
    EXPECT_EQ((entry.status().permissions() & others) == fs::perms::none, secret);
    if (!secret) continue;
    const auto pair = net::ReadSecretKey(entry.path());
    EXPECT_EQ(out.str().find(pair.secret_key), std::string::npos);
    EXPECT_TRUE(list.Knows(pair.public_key));
  }
}

TEST_F(KeygenTest, RefusesToTouchKeysThatAreThere) {
  std::ostringstream out;
  Keygen((root_ / "keys").string(), out);
  const auto before = net::ReadSecretKey(root_ / "keys" / "actor.secret").secret_key;
  EXPECT_THROW(Keygen((root_ / "keys").string(), out), OperatorError);
  EXPECT_EQ(net::ReadSecretKey(root_ / "keys" / "actor.secret").secret_key, before);
  EXPECT_THROW(Keygen("", out), OperatorError);
  EXPECT_THROW(Keygen("/proc/no/such/place", out), OperatorError);
}

}  // namespace
}  // namespace dyna::cli
