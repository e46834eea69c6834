#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "cli/python/python.hpp"

namespace dyna::cli {

/// What a script draws with.
struct DrawingScript {
  std::string name = {};  ///< of Scripts()
  PythonModules needs = {};
};

/// Runs a script on what `describe(folder, picture)` writes as JSON: `folder` is for files of its
/// own and gone at the end, `picture` is what the script must write. `out` then holds the picture;
/// nothing is left behind if anything fails.
void DrawWithPython(
    const DrawingScript& script, const std::filesystem::path& out,
    const std::function<std::string(const std::filesystem::path& folder,
                                    const std::filesystem::path& picture)>& describe);

}  // namespace dyna::cli
