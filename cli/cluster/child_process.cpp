#include "cli/cluster/child_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <system_error>

#include "common/core/error.hpp"

namespace dyna::cli {
namespace {

/// What the child does between fork and exec: system calls only, since other threads' locks may be
/// held for ever.
[[noreturn]] void Become(char* const* arguments, int log, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);
  ::setpgid(0, 0);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments,
                           const std::filesystem::path& log) {
  if (::access(arguments.at(0).c_str(), X_OK) != 0) {
    throw OperatorError("cannot start " + arguments[0] + ": " +
                        std::generic_category().message(errno));
  }
  std::vector<std::string> copy = arguments;
  std::vector<char*> pointers;
  for (std::string& argument : copy) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (output < 0) {
    throw OperatorError("cannot write " + log.string() + ": " +
                        std::generic_category().message(errno));
  }
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) Become(pointers.data(), output, parent);
  ::close(output);
  if (pid_ < 0) {
    throw OperatorError("cannot start " + arguments[0] + ": " +
                        std::generic_category().message(errno));
  }
}

ChildProcess::~ChildProcess() {
  if (status()) return;
  Signal(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::optional<int> ChildProcess::status() {
  int raw = 0;
  if (!status_ && ::waitpid(pid_, &raw, WNOHANG) == pid_) {
    status_ = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
  }
  return status_;
}

void ChildProcess::Signal(int signal) {
  if (!status_) ::kill(pid_, signal);
}

std::string LastLine(const std::filesystem::path& log) {
  std::ifstream file(log);
  std::string last;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

}  // namespace dyna::cli
