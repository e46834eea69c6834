#include "tests/chaos/shard_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "common/core/check.hpp"

namespace dyna::chaos {

ShardProcess::ShardProcess(const Options& options) {
  int ends[2];
  DYNA_CHECK(::pipe2(ends, O_CLOEXEC) == 0);
  std::vector<char*> argv = {const_cast<char*>(options.program.c_str())};
  for (const auto& argument : options.arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  // All that allocates is done before fork(): other threads of ours may hold the heap's lock.
  std::vector<std::string> variables;
  for (char** variable = ::environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  for (const auto& [name, value] : options.environment) variables.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (auto& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // no shard outlives a test that crashes
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::execve(argv[0], argv.data(), environment.data());
    ::_exit(127);
  }
  DYNA_CHECK(pid_ > 0);
  ::close(ends[1]);
  pipe_ = ends[0];
  ::fcntl(pipe_, F_SETFL, O_NONBLOCK);
}

ShardProcess::~ShardProcess() {
  if (!status_) {
    Signal(SIGKILL);
    (void)Wait();
  }
  ::close(pipe_);
}

void ShardProcess::Read() {
  char buffer[4096];
  ssize_t count = 0;
  while ((count = ::read(pipe_, buffer, sizeof buffer)) > 0) {
    output_.append(buffer, static_cast<std::size_t>(count));
  }
}

void ShardProcess::Reap(int flags) {
  if (status_) return;
  int raw = 0;
  if (::waitpid(pid_, &raw, flags | WUNTRACED) != pid_) return;
  if (WIFSTOPPED(raw)) {
    stopped_ = true;
    return;
  }
  status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  Read();
}

std::optional<std::uint16_t> ShardProcess::port() {
  static const std::string kBefore = "event=listening endpoint=tcp://127.0.0.1:";
  Read();
  const std::size_t at = output_.find(kBefore);
  if (at == std::string::npos || output_.find('\n', at) == std::string::npos) return std::nullopt;
  return static_cast<std::uint16_t>(std::stoi(output_.substr(at + kBefore.size())));
}

void ShardProcess::Signal(int signal) const { ::kill(pid_, signal); }

std::optional<int> ShardProcess::status() {
  Reap(WNOHANG);
  return status_;
}

bool ShardProcess::stopped() {
  Reap(WNOHANG);
  return std::exchange(stopped_, false);
}

int ShardProcess::Wait() {
  while (!status_) Reap(0);
  return *status_;
}

}  // namespace dyna::chaos
