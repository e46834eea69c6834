#include "common/net/key_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>
#include <utility>

#include "common/core/error.hpp"
#include "common/net/allowlist.hpp"

namespace dyna::net {
namespace fs = std::filesystem;
namespace {

using wire::Role;

constexpr std::array kRoles = {Role::kReplay,      Role::kActor,       Role::kEvaluator,
                               Role::kModelServer, Role::kImagination, Role::kLearner};
constexpr mode_t kSecretMode = 0600;
constexpr mode_t kPublicMode = 0644;
constexpr mode_t kFolderMode = 0700;
constexpr mode_t kOthers = 0077;
constexpr mode_t kGroupReads = 0040;

std::string Reason() { return std::generic_category().message(errno); }

std::string Octal(mode_t mode) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode));
  return text.data();
}

/// A file descriptor that closes itself.
class File {
 public:
  File(const fs::path& path, int flags, mode_t mode = 0)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

OperatorError Wrong(const char* kind, const fs::path& path, const std::string& why) {
  return OperatorError(std::string(kind) + " '" + path.string() + "': " + why);
}

/// What stands in the file but for a line end, cut a little beyond the length of a key.
std::string ReadKeyText(const char* kind, const fs::path& path, const File& file) {
  std::array<char, kKeyCharacters + 8> bytes{};
  const ssize_t size = ::read(file.fd(), bytes.data(), bytes.size());
  if (size < 0) throw Wrong(kind, path, "cannot be read: " + Reason());
  std::string text(bytes.data(), static_cast<std::size_t>(size));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (const Status good = CheckKey(text); !good.ok()) {
    throw Wrong(kind, path, good.error().message);
  }
  return text;
}

/// Looks at the open file, not at its path: what is checked is what will be read.
void RequirePrivate(const char* kind, const fs::path& path, const File& file) {
  struct stat info = {};
  if (::fstat(file.fd(), &info) != 0) throw Wrong(kind, path, "cannot be read: " + Reason());
  if (!S_ISREG(info.st_mode)) throw Wrong(kind, path, "is not a plain file");
  if (info.st_uid != ::geteuid() && info.st_uid != 0) {
    throw Wrong(kind, path,
                "belongs to user " + std::to_string(info.st_uid) + "; allowed are user " +
                    std::to_string(::geteuid()) + ", who runs this, and root");
  }
  // Kubernetes shows a secret to a process that is not root as a file of root, through its group.
  const bool by_root_for_group = info.st_uid == 0 && ::geteuid() != 0;
  const mode_t forbidden = by_root_for_group ? kOthers & ~kGroupReads : kOthers;
  if (const mode_t mode = info.st_mode & 07777U; (mode & forbidden) != 0) {
    throw Wrong(kind, path,
                "has mode " + Octal(mode) +
                    "; allowed are 0600 and 0400: nobody but its owner may read it");
  }
}

void Write(const fs::path& path, const std::string& text, mode_t mode) {
  // O_EXCL: never over another key, nor through somebody's link.
  const File file(path, O_WRONLY | O_CREAT | O_EXCL, mode);
  const bool written =
      file.fd() >= 0 && ::fchmod(file.fd(), mode) == 0 &&
      ::write(file.fd(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file.fd()) == 0;
  if (!written) throw OperatorError("cannot write '" + path.string() + "': " + Reason());
}

}  // namespace

fs::path SecretKeyFile(const fs::path& folder, Role role) {
  return folder / (wire::Name(role) + std::string(".secret"));
}
fs::path PublicKeyFile(const fs::path& folder, Role role) {
  return folder / (wire::Name(role) + std::string(".public"));
}
fs::path AllowlistFile(const fs::path& folder) { return folder / "allowlist"; }

KeyPair ReadSecretKey(const fs::path& path) {
  constexpr const char* kKind = "secret key";
  // Not to hang on a pipe that nobody writes.
  const File file(path, O_RDONLY | O_NONBLOCK);
  if (file.fd() < 0) throw Wrong(kKind, path, "cannot be read: " + Reason());
  RequirePrivate(kKind, path, file);
  return PairOf(ReadKeyText(kKind, path, file));
}

std::string ReadPublicKey(const fs::path& path) {
  constexpr const char* kKind = "public key";
  const File file(path, O_RDONLY | O_NONBLOCK);
  if (file.fd() < 0) throw Wrong(kKind, path, "cannot be read: " + Reason());
  return ReadKeyText(kKind, path, file);
}

std::vector<fs::path> MakeKeyFolder(const fs::path& folder) {
  std::vector<std::pair<fs::path, std::string>> secrets;
  std::vector<std::pair<fs::path, std::string>> others;
  std::string allowlist = "# ROLE KEY NAME: which public key may be which role.\n";
  for (const Role role : kRoles) {
    const KeyPair pair = MakeKeyPair();
    secrets.emplace_back(SecretKeyFile(folder, role), pair.secret_key + "\n");
    others.emplace_back(PublicKeyFile(folder, role), pair.public_key + "\n");
    allowlist += Allowlist::Line(role, pair.public_key, wire::Name(role));
  }
  others.emplace_back(AllowlistFile(folder), allowlist);
  for (const auto* files : {&secrets, &others}) {
    for (const auto& [path, text] : *files) {
      std::error_code ignored;
      if (!fs::exists(fs::symlink_status(path, ignored))) continue;
      throw OperatorError("'" + path.string() +
                          "' is there already; keys are never overwritten: choose another folder");
    }
  }
  std::error_code problem;
  fs::create_directories(folder.parent_path(), problem);
  if (::mkdir(folder.c_str(), kFolderMode) != 0 && errno != EEXIST) {
    throw OperatorError("cannot make the folder '" + folder.string() + "': " + Reason());
  }
  struct stat info = {};
  if (::stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) ||
      (info.st_mode & kOthers) != 0) {
    throw OperatorError("'" + folder.string() + "' is no folder of mode " + Octal(kFolderMode) +
                        ", which nobody but its owner may enter; name one that is not there yet");
  }
  std::vector<fs::path> written;
  for (const auto& [path, text] : secrets) {
    Write(path, text, kSecretMode);
    written.push_back(path);
  }
  for (const auto& [path, text] : others) {
    Write(path, text, kPublicMode);
    written.push_back(path);
  }
  return written;
}

}  // namespace dyna::net
