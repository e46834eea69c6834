#pragma once

#include <array>
#include <cstdio>
#include <string>
#include <utility>

namespace dyna::testing_support {

/// Standard output and error of a shell's command, and its exit status.
inline std::pair<std::string, int> RunCommand(const std::string& command) {
  std::string output;
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer{};
  while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
    output += buffer.data();
  }
  return {output, pipe == nullptr ? -1 : ::pclose(pipe)};
}

}  // namespace dyna::testing_support
