#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.hpp"

namespace dyna::testing_support {

struct ProgramResult {
  int status = -1;          ///< exit status; 128 + signal if one killed it
  std::string output = {};  ///< standard output and standard error together
};

/// A `dyna` process, or another of our programs, that may be signalled while it runs.
class DynaProcess {
 public:
  explicit DynaProcess(const std::vector<std::string>& arguments,
                       const std::string& program = "dyna");
  ~DynaProcess();
  DynaProcess(const DynaProcess&) = delete;
  DynaProcess& operator=(const DynaProcess&) = delete;

  void Signal(int signal) const;
  /// Waits for its end, at most until `patience` from now, then kills it.
  ProgramResult Wait(std::chrono::seconds patience = std::chrono::seconds(240));
  /// What it has printed so far.
  std::string Output();
  /// Its end if it came within `patience`, else nothing; it runs on.
  bool EndsWithin(std::chrono::milliseconds patience);

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string collected_;
  std::optional<int> status_;
};

/// Runs `dyna ARGUMENTS...` to its end.
ProgramResult RunDyna(const std::vector<std::string>& arguments);

/// A folder of the test's own, gone at its end.
/// Rows of a CSV file, header included, without the columns whose name begins with "wall_".
std::vector<std::vector<std::string>> RowsWithoutClock(const std::filesystem::path& csv);

std::string ReadText(const std::filesystem::path& path);
void WriteText(const std::filesystem::path& path, const std::string& text);

}  // namespace dyna::testing_support
