#pragma once

#include <string>
#include <vector>

#include "tests/layering/include_rules.hpp"

namespace dyna::layering {

/// Every .hpp and .cpp below the given top-level folders, sorted by path.
std::vector<SourceFile> CppFiles(const std::vector<std::string>& tops);

/// Every file that is ours: the top-level folders and files of the project, without what a build
/// or a run leaves behind. Sorted by path.
std::vector<SourceFile> ProjectFiles();

bool FolderExists(const std::string& folder);
/// A file or folder, by its path from the root.
bool Exists(const std::string& path);

}  // namespace dyna::layering
