#include "common/net/key_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <string>

#include "common/core/error.hpp"
#include "common/net/allowlist.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::net {
namespace {

namespace fs = std::filesystem;

class KeyFilesTest : public testing::Test {
 protected:
  fs::path Write(const std::string& name, const std::string& text, mode_t mode) const {
    const fs::path path = root_ / name;
    std::ofstream(path) << text;
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  static mode_t Mode(const fs::path& path) {
    struct stat info = {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 07777U;
  }
  /// What the OperatorError says that `act` throws; empty if it throws none.
  template <class Act>
  static std::string ErrorOf(Act act) {
    try {
      act();
    } catch (const OperatorError& error) {
      return error.what();
    }
    return {};
  }
  static void ExpectSays(const std::string& error, const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      EXPECT_NE(error.find(word), std::string::npos) << word << " in '" << error << "'";
    }
  }

  const testing_support::TemporaryFolder temporary_;
  const fs::path root_ = temporary_.path();
};

TEST_F(KeyFilesTest, AFolderHasAPairForEveryRoleThatOnlyItsOwnerMayRead) {
  const fs::path folder = root_ / "deep" / "keys";
  const auto written = MakeKeyFolder(folder);
  EXPECT_EQ(written.size(), 13U);
  EXPECT_EQ(Mode(folder), 0700U);
  const auto list = Allowlist::FromFile(AllowlistFile(folder));
  std::set<std::string> keys;
  for (const char* name :
       {"replay", "actor", "evaluator", "model-server", "imagination", "learner"}) {
    SCOPED_TRACE(name);
    const wire::Role role = RoleNamed(name).value();
    EXPECT_EQ(Mode(SecretKeyFile(folder, role)), 0600U);
    const KeyPair pair = ReadSecretKey(SecretKeyFile(folder, role));
    EXPECT_EQ(pair.public_key, ReadPublicKey(PublicKeyFile(folder, role)));
    EXPECT_TRUE(keys.insert(pair.public_key).second);
    EXPECT_TRUE(list.MayBe(pair.public_key, role));
    EXPECT_EQ(list.NameOf(pair.public_key), name);
  }
  EXPECT_EQ(list.size(), 6U);
}

TEST_F(KeyFilesTest, KeysAreNeverOverwritten) {
  const fs::path folder = root_ / "keys";
  MakeKeyFolder(folder);
  const auto before = ReadSecretKey(SecretKeyFile(folder, wire::Role::kActor));
  ExpectSays(ErrorOf([&] { MakeKeyFolder(folder); }), {"replay.secret", "never overwritten"});
  EXPECT_EQ(ReadSecretKey(SecretKeyFile(folder, wire::Role::kActor)).secret_key, before.secret_key);
  // One file that is there is enough, also a link to nowhere.
  const fs::path other = root_ / "other";
  ASSERT_EQ(::mkdir(other.c_str(), 0700), 0);
  fs::create_symlink("nowhere", other / "allowlist");
  ExpectSays(ErrorOf([&] { MakeKeyFolder(other); }), {"allowlist", "never overwritten"});
  EXPECT_FALSE(fs::exists(other / "actor.secret"));
}

TEST_F(KeyFilesTest, AFolderThatOthersMayEnterIsRefused) {
  ASSERT_EQ(::mkdir((root_ / "open").c_str(), 0755), 0);
  ASSERT_EQ(::chmod((root_ / "open").c_str(), 0755), 0);
  ExpectSays(ErrorOf([&] { MakeKeyFolder(root_ / "open"); }), {"open", "0700"});
  EXPECT_TRUE(fs::is_empty(root_ / "open"));
}

TEST_F(KeyFilesTest, ASecretThatOthersMayReadIsRefusedNamingFileModeAndWhatIsAllowed) {
  const KeyPair pair = MakeKeyPair();
  for (const mode_t mode : {0644U, 0640U, 0620U, 0601U, 0604U}) {
    const auto path = Write("a.secret", pair.secret_key, mode);
    const std::string error = ErrorOf([&] { (void)ReadSecretKey(path); });
    ExpectSays(error, {"a.secret", "has mode 06", "0600 and 0400"});
    EXPECT_EQ(error.find(pair.secret_key), std::string::npos);
  }
  for (const mode_t mode : {0600U, 0400U}) {
    const auto path = Write("b" + std::to_string(mode), pair.secret_key + "\n", mode);
    EXPECT_EQ(ReadSecretKey(path).public_key, pair.public_key);
  }
}

TEST_F(KeyFilesTest, ASecretOfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const auto path = Write("a.secret", MakeKeyPair().secret_key, 0600);
  ASSERT_EQ(::chown(path.c_str(), 12345, 12345), 0);
  ExpectSays(ErrorOf([&] { (void)ReadSecretKey(path); }), {"a.secret", "user 12345", "user 0"});
}

TEST_F(KeyFilesTest, ASecretOfRootMayBeReadByTheGroupOfAProcessThatIsNotRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else and come back";
  const KeyPair pair = MakeKeyPair();
  const auto path = Write("a.secret", pair.secret_key, 0440);
  ASSERT_EQ(::chown(path.c_str(), 0, 12345), 0);
  ASSERT_EQ(::chmod(root_.c_str(), 0755), 0);
  ASSERT_EQ(::setegid(12345), 0);
  ASSERT_EQ(::seteuid(12345), 0);
  const std::string error = ErrorOf([&] { (void)ReadSecretKey(path); });
  const std::string others_error = [&] {
    (void)::seteuid(0);
    EXPECT_EQ(::chmod(path.c_str(), 0444), 0);
    (void)::seteuid(12345);
    return ErrorOf([&] { (void)ReadSecretKey(path); });
  }();
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_EQ(::setegid(0), 0);
  EXPECT_EQ(error, "");
  ExpectSays(others_error, {"a.secret", "0444"});
}

TEST_F(KeyFilesTest, WhatIsNoPlainFileIsRefusedWithoutHanging) {
  ASSERT_EQ(::mkfifo((root_ / "pipe").c_str(), 0600), 0);
  ExpectSays(ErrorOf([&] { (void)ReadSecretKey(root_ / "pipe"); }), {"pipe", "not a plain file"});
  ASSERT_EQ(::mkdir((root_ / "folder").c_str(), 0700), 0);
  ExpectSays(ErrorOf([&] { (void)ReadSecretKey(root_ / "folder"); }), {"not a plain file"});
  ExpectSays(ErrorOf([&] { (void)ReadSecretKey(root_ / "none"); }), {"none", "No such file"});
}

TEST_F(KeyFilesTest, WhatIsNoKeyIsRefusedWithoutShowingIt) {
  const std::string good = MakeKeyPair().secret_key;
  for (const std::string& text : {std::string(), good.substr(1), good + "x", good + "\n" + good,
                                  std::string(40, ' '), std::string(40, '#'), good + " "}) {
    const auto path = Write("a.secret", text, 0600);
    const std::string error = ErrorOf([&] { (void)ReadSecretKey(path); });
    ExpectSays(error, {"a.secret", "it is not a key"});
    EXPECT_TRUE(text.empty() || error.find(text) == std::string::npos);
  }
}

TEST_F(KeyFilesTest, KeysThatEverybodyKnowsAreRefused) {
  const KeyPair server = PairOf("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");
  const KeyPair client = PairOf("D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs");
  const KeyPair zero = PairOf(std::string(40, '0'));
  const KeyPair alice = PairOf("Cl.%(A#p:4jqL+Nql<!5?+kXU(+F]rV3l8w9L0ZJ");
  const KeyPair bob = PairOf("u8[lWvOhIJDeTmhGmBD]z-+iMck:h&950i$%a]R0");
  for (const KeyPair& pair : {server, client, zero, alice, bob}) {
    EXPECT_FALSE(CheckKey(pair.secret_key).ok());
    EXPECT_FALSE(CheckKey(pair.public_key).ok());
    const auto path = Write("a.secret", pair.secret_key, 0600);
    ExpectSays(ErrorOf([&] { (void)ReadSecretKey(path); }), {"a.secret", "everybody"});
  }
  EXPECT_TRUE(CheckKey(MakeKeyPair().secret_key).ok());
}

}  // namespace
}  // namespace dyna::net
