#include "actors/envs/bridge/python_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <vector>

#include "common/core/error.hpp"

namespace dyna::envs::bridge {
namespace {

constexpr std::size_t kTailBytes = 16'384;
constexpr int kReadyFile = 3;

[[noreturn]] void ThrowErrno(const std::string& what) {
  throw EnvironmentError(what + ": " + std::generic_category().message(errno));
}

struct Pipe {
  int read = -1;
  int write = -1;
};

Pipe MakePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) ThrowErrno("cannot make a pipe");
  return {.read = ends[0], .write = ends[1]};
}

/// What the child becomes, prepared before fork: after it only system calls are safe.
struct Plan {
  std::vector<char*> arguments = {};
  std::vector<char*> environment = {};
  std::string complaint = {};
  int output = -1;
  int ready = -1;
  pid_t parent = -1;
};

[[noreturn]] void Become(const Plan& plan) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) ::_exit(127);
  ::setpgid(0, 0);
  ::dup2(plan.output, STDOUT_FILENO);
  ::dup2(plan.output, STDERR_FILENO);
  // dup2 to itself would leave it to be closed by exec.
  if (plan.ready == kReadyFile) {
    ::fcntl(kReadyFile, F_SETFD, 0);
  } else {
    ::dup2(plan.ready, kReadyFile);
  }
  ::execvpe(plan.arguments[0], plan.arguments.data(), plan.environment.data());
  const char* why = errno == ENOENT ? "there is no such program" : "it cannot be run";
  (void)!::write(STDERR_FILENO, plan.complaint.data(), plan.complaint.size());
  (void)!::write(STDERR_FILENO, why, std::strlen(why));
  ::_exit(127);
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Ours, with `package` at the end of PYTHONPATH.
std::vector<std::string> ChildEnvironment(const std::filesystem::path& package) {
  std::vector<std::string> texts;
  std::string path = package.string();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!text.starts_with("PYTHONPATH=")) {
      texts.push_back(text);
    } else if (text.size() > std::strlen("PYTHONPATH=")) {
      path = text.substr(std::strlen("PYTHONPATH=")) + ":" + path;
    }
  }
  texts.push_back("PYTHONPATH=" + path);
  texts.emplace_back("PYTHONUNBUFFERED=1");
  return texts;
}

}  // namespace

PythonProcess::PythonProcess(const Options& options) : prefix_(options.prefix) {
  std::vector<std::string> arguments = {
      options.python, "-m",         "opendyna_bridge",         "--bind",
      endpoint(),     "--ready-fd", std::to_string(kReadyFile)};
  std::vector<std::string> environment = ChildEnvironment(options.package);
  const Pipe output = MakePipe();
  const Pipe ready = MakePipe();
  const Plan plan = {.arguments = Pointers(arguments),
                     .environment = Pointers(environment),
                     .complaint = "cannot start env.python = '" + options.python + "': ",
                     .output = output.write,
                     .ready = ready.write,
                     .parent = ::getpid()};
  const pid_t child = ::fork();
  if (child == 0) Become(plan);
  pid_ = child;
  ::close(output.write);
  ::close(ready.write);
  output_ = output.read;
  ready_ = ready.read;
  ::fcntl(output_, F_SETFL, O_NONBLOCK);
  if (pid_ < 0) ThrowErrno("cannot start " + options.python);
}

PythonProcess::~PythonProcess() {
  Kill();
  Read();
  PassOn(/*rest=*/true);
  ::close(output_);
  if (ready_ >= 0) ::close(ready_);
}

std::string PythonProcess::endpoint() const {
  return "ipc://" + (folder_.path() / "socket").string();
}

bool PythonProcess::WaitReady(net::Milliseconds wait) {
  std::array<pollfd, 2> files = {{{ready_, POLLIN, 0}, {output_, POLLIN, 0}}};
  ::poll(files.data(), files.size(), static_cast<int>(wait.count()));
  Read();
  if (files[0].revents == 0) return false;
  std::array<char, 512> line{};
  return ::read(ready_, line.data(), line.size()) > 0;
}

void PythonProcess::Read() {
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t size = ::read(output_, buffer.data(), buffer.size());
    if (size == 0) closed_ = true;
    if (size <= 0) break;
    const auto bytes = static_cast<std::size_t>(size);
    line_.append(buffer.data(), bytes);
    tail_.append(buffer.data(), bytes);
    if (tail_.size() > 2 * kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
    PassOn(/*rest=*/line_.size() > kTailBytes);
  }
}

void PythonProcess::PassOn(bool rest) {
  for (auto end = line_.find('\n'); end != std::string::npos; end = line_.find('\n')) {
    std::fprintf(stderr, "%s: %s\n", prefix_.c_str(), line_.substr(0, end).c_str());
    line_.erase(0, end + 1);
  }
  if (!rest || line_.empty()) return;
  std::fprintf(stderr, "%s: %s\n", prefix_.c_str(), line_.c_str());
  line_.clear();
}

std::optional<std::string> PythonProcess::ended() {
  int raw = 0;
  if (!status_ && ::waitpid(pid_, &raw, WNOHANG) == pid_) status_ = raw;
  if (!status_) return std::nullopt;
  if (!WIFSIGNALED(*status_)) return "status " + std::to_string(WEXITSTATUS(*status_));
  const int signal = WTERMSIG(*status_);
  const char* const description = ::sigdescr_np(signal);
  return "signal " + std::to_string(signal) + " (" + (description ? description : "unknown") + ")";
}

std::string PythonProcess::tail() const {
  std::string text = tail_;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

void PythonProcess::KillWithTraceback() {
  constexpr int kPatienceMs = 1000;
  if (!ended()) {
    ::kill(pid_, SIGUSR1);  // faulthandler prints where every thread is
    pollfd file = {output_, POLLIN, 0};
    // The stack of one thread is written in a few pieces; the last one ends in a newline.
    while (::poll(&file, 1, tail_.ends_with('\n') ? kPatienceMs / 10 : kPatienceMs) > 0) {
      const std::size_t before = tail_.size();
      Read();
      if (tail_.size() == before) break;
    }
  }
  Kill();
}

void PythonProcess::Kill() {
  if (pid_ <= 0 || ended()) return;
  ::kill(-pid_, SIGKILL);  // with what it may have started
  ::kill(pid_, SIGKILL);   // should it not have come to lead its group yet
  int raw = 0;
  ::waitpid(pid_, &raw, 0);
  status_ = raw;
}

}  // namespace dyna::envs::bridge
