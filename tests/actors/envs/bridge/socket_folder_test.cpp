#include "actors/envs/bridge/socket_folder.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "tests/support/temporary_folder.hpp"

namespace dyna::envs::bridge {
namespace {

namespace fs = std::filesystem;

/// Folders are made in one of our own, so that what lies in the real one is left alone.
class SocketFolderTest : public testing::Test {
 protected:
  SocketFolderTest() { ::setenv("TMPDIR", temporary_.path().c_str(), 1); }
  ~SocketFolderTest() override { ::unsetenv("TMPDIR"); }

  testing_support::TemporaryFolder temporary_;
};

/// Another process with a folder and a file in it; lives until it is killed.
class Owner {
 public:
  Owner() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      const SocketFolder folder;
      std::ofstream(folder.path() / "socket") << "bytes";
      const std::string name = folder.path().string();
      (void)!::write(ends[1], name.data(), name.size());
      while (true) ::pause();
    }
    std::array<char, 512> name{};
    const ssize_t size = ::read(ends[0], name.data(), name.size());
    EXPECT_GT(size, 0);
    folder_ = std::string(name.data(), static_cast<std::size_t>(size));
    ::close(ends[0]);
    ::close(ends[1]);
  }
  ~Owner() { Kill(); }
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;

  void Kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  const fs::path& folder() const { return folder_; }

 private:
  pid_t pid_ = -1;
  fs::path folder_;
};

TEST_F(SocketFolderTest, AFolderGoesWithItsObject) {
  fs::path path;
  {
    const SocketFolder folder;
    path = folder.path();
    EXPECT_TRUE(fs::is_directory(path));
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
    std::ofstream(path / "socket") << "bytes";
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(SocketFolderTest, OnlyTheFolderOfAProcessThatIsGoneIsClearedAway) {
  Owner killed;
  const Owner alive;
  const SocketFolder ours;
  killed.Kill();
  EXPECT_TRUE(fs::exists(killed.folder() / "socket"));  // nobody has cleared it away yet
  const SocketFolder next;
  EXPECT_FALSE(fs::exists(killed.folder()));
  EXPECT_TRUE(fs::exists(alive.folder() / "socket"));
  EXPECT_TRUE(fs::exists(ours.path()));
}

TEST_F(SocketFolderTest, NothingElseIsTouched) {
  fs::create_directories(temporary_ / "mine" / "dyna-bridge-deep");
  fs::create_directory(temporary_ / "dyna-brid");
  fs::create_directory_symlink(temporary_ / "mine", temporary_ / "dyna-bridge-link");
  std::ofstream(temporary_ / "dyna-bridge-file") << "text";
  const SocketFolder folder;
  EXPECT_TRUE(fs::exists(temporary_ / "mine" / "dyna-bridge-deep"));
  EXPECT_TRUE(fs::exists(temporary_ / "dyna-brid"));
  EXPECT_TRUE(fs::is_symlink(temporary_ / "dyna-bridge-link"));
  EXPECT_TRUE(fs::exists(temporary_ / "dyna-bridge-file"));
}

// Whoever clears away may meet a folder that is made but not locked yet.
TEST_F(SocketFolderTest, ProcessesThatStartTogetherKeepTheirFolders) {
  std::array<pid_t, 4> children{};
  for (pid_t& child : children) {
    child = ::fork();
    if (child != 0) continue;
    for (int i = 0; i < 300; ++i) {
      const SocketFolder folder;
      std::ofstream file(folder.path() / "socket");
      const SocketFolder another;  // clears away
      if (!file.is_open() || !fs::exists(folder.path() / "socket")) ::_exit(1);
    }
    ::_exit(0);
  }
  for (const pid_t child : children) {
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_TRUE(fs::is_empty(temporary_.path()));
}

}  // namespace
}  // namespace dyna::envs::bridge
