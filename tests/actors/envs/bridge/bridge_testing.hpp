#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/actors/envs/test_support.hpp"

namespace dyna::envs {

/// A Python with Gymnasium, which deploy/setup.sh --dev has prepared. Tests fail without it.
inline std::string TestPython() { return DYNA_SOURCE_DIR "/build/python/bin/python3"; }
inline std::string TestPythonFolder() { return DYNA_SOURCE_DIR "/tests/actors/envs/bridge/python"; }

/// Settings for an environment behind the bridge; the modules of this folder can be imported.
inline std::vector<std::string> BridgeSettings(const std::vector<std::string>& more = {}) {
  ::setenv("PYTHONPATH", TestPythonFolder().c_str(), 1);
  std::vector<std::string> settings = {"env.python=\"" + TestPython() + "\""};
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

inline Config BridgeConfig(const std::string& name, const std::vector<std::string>& more = {}) {
  Config config;
  config.Set("env.name=\"" + name + "\"");
  for (const auto& setting : BridgeSettings(more)) config.Set(setting);
  return config;
}

inline std::unique_ptr<Environment> MakeBridgedTest(const std::string& name,
                                                    const std::vector<std::string>& more = {}) {
  return MakeNamed(name, BridgeSettings(more));
}

}  // namespace dyna::envs
