#pragma once

#include <string>
#include <vector>

namespace dyna::cli {

/// Modules that a script imports, and where they come from.
struct PythonModules {
  std::string names = {};    ///< "matplotlib, numpy"
  std::string package = {};  ///< of Debian, which has them all
};

/// A Python that can import them: $DYNA_PYTHON if it is set, else python3 of the PATH, else
/// /usr/bin/python3, for which Debian's packages are. OperatorError that names the package.
std::string PythonWith(const PythonModules& modules);

/// Runs a program to its end, found on the PATH; its exit status, 128 + n if signal n ended it, 127
/// if it cannot be started. `quiet`: what it prints is thrown away.
int RunProgram(std::vector<std::string> arguments, bool quiet);

}  // namespace dyna::cli
