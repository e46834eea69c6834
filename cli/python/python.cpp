#include "cli/python/python.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "common/core/error.hpp"

namespace dyna::cli {
namespace {

class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  void Silence(int descriptor) {
    ::posix_spawn_file_actions_addopen(&actions_, descriptor, "/dev/null", O_WRONLY, 0);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

int RunProgram(std::vector<std::string> arguments, bool quiet) {
  FileActions actions;
  if (quiet) {
    actions.Silence(STDOUT_FILENO);
    actions.Silence(STDERR_FILENO);
  }
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  if (::posix_spawnp(&pid, argv[0], actions.get(), nullptr, argv.data(), environ) != 0) return 127;
  int raw = 0;
  while (::waitpid(pid, &raw, 0) < 0) {
    if (errno != EINTR) return 127;
  }
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

std::string PythonWith(const PythonModules& modules) {
  const char* chosen = std::getenv("DYNA_PYTHON");  // NOLINT(concurrency-mt-unsafe): one thread
  const std::vector<std::string> candidates =
      chosen != nullptr ? std::vector<std::string>{chosen}
                        : std::vector<std::string>{"python3", "/usr/bin/python3"};
  for (const auto& python : candidates) {
    if (RunProgram({python, "-c", "import " + modules.names}, /*quiet=*/true) == 0) return python;
  }
  throw OperatorError(
      "pictures are drawn by Python with " + modules.names + ", which " +
      (chosen != nullptr ? "DYNA_PYTHON=" + std::string(chosen) + " has not" : "is not there") +
      ": install Debian's package " + modules.package +
      ", or set DYNA_PYTHON to a Python that has it");
}

}  // namespace dyna::cli
