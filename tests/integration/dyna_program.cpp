#include "tests/integration/dyna_program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

namespace dyna::testing_support {
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

DynaProcess::DynaProcess(const std::vector<std::string>& arguments, const std::string& program) {
  const std::string path = fs::path(DYNA_PROGRAM).parent_path() / program;
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    std::vector<char*> argv = {const_cast<char*>(path.c_str())};
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execv(path.c_str(), argv.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  output_ = ends[0];
  ::fcntl(output_, F_SETFL, O_NONBLOCK);
}

DynaProcess::~DynaProcess() {
  if (!status_) (void)Wait(std::chrono::seconds(0));
  ::close(output_);
}

void DynaProcess::Signal(int signal) const { ::kill(pid_, signal); }

bool DynaProcess::EndsWithin(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (!status_) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd waiting{.fd = output_, .events = POLLIN, .revents = 0};
    ::poll(&waiting, 1, static_cast<int>(std::min<long long>(left, 100)));
    char buffer[4096];
    ssize_t count = 0;
    while ((count = ::read(output_, buffer, sizeof buffer)) > 0) {
      collected_.append(buffer, static_cast<std::size_t>(count));
    }
    if (count == 0) {  // its end of the pipe is closed: it has ended or is about to
      int raw = 0;
      ::waitpid(pid_, &raw, 0);
      status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    }
  }
  return true;
}

std::string DynaProcess::Output() {
  (void)EndsWithin(std::chrono::milliseconds(20));
  return collected_;
}

ProgramResult DynaProcess::Wait(std::chrono::seconds patience) {
  if (!EndsWithin(patience)) {
    Signal(SIGKILL);
    while (!EndsWithin(std::chrono::seconds(1))) {
    }
  }
  return {.status = *status_, .output = collected_};
}

ProgramResult RunDyna(const std::vector<std::string>& arguments) {
  return DynaProcess(arguments).Wait();
}

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteText(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  ASSERT_TRUE(file) << path;
}

std::vector<std::vector<std::string>> RowsWithoutClock(const fs::path& csv) {
  std::istringstream text(ReadText(csv));
  std::vector<std::vector<std::string>> rows;
  std::vector<bool> keep;
  std::string line;
  while (std::getline(text, line)) {
    std::istringstream cells(line);
    std::string cell;
    std::vector<std::string> row;
    for (std::size_t i = 0; std::getline(cells, cell, ','); ++i) {
      if (rows.empty()) keep.push_back(!cell.starts_with("wall_"));
      if (i < keep.size() && keep[i]) row.push_back(cell);
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace dyna::testing_support
