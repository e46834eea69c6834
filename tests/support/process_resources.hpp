#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace dyna::testing_support {

/// What this process holds of the machine.
struct ProcessResources {
  std::int64_t descriptors = 0;
  std::int64_t threads = 0;
  std::int64_t resident_kib = 0;

  static ProcessResources Now() {
    ProcessResources now;
    const std::filesystem::directory_iterator files("/proc/self/fd");
    now.descriptors = std::distance(begin(files), end(files));
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      std::istringstream words(line);
      std::string name;
      std::int64_t value = 0;
      words >> name >> value;
      if (name == "Threads:") now.threads = value;
      if (name == "VmRSS:") now.resident_kib = value;
    }
    return now;
  }
};

}  // namespace dyna::testing_support
