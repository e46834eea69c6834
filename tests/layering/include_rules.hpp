#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dyna::layering {

/// What the sources of one folder may include, besides the standard library and Eigen.
struct FolderRule {
  std::string folder = {};                  ///< from the root; itself always allowed
  std::vector<std::string> folders = {};    ///< other folders; "x/*" means x and all below it
  std::vector<std::string> libraries = {};  ///< how a third-party <header> may begin
  /// True: every file is a leaf, which sees its own files (stem, stem_*) and `shared`, and which
  /// nobody but its family's registry.cpp (here or one folder up) includes.
  bool leaves = false;
  std::vector<std::string> shared = {};  ///< stems of the files of a leaf folder that are no leaf
};

using Rules = std::vector<FolderRule>;

struct SourceFile {
  std::string path = {};  ///< from the root
  std::string text = {};
};

/// One line per broken rule: "PATH:LINE: ...". Empty when the file keeps to `rules`.
std::vector<std::string> Violations(const Rules& rules, const SourceFile& file);

/// The table of the whole tree (design: ARCHITECTURE.md, "Layers").
const Rules& TreeRules();

}  // namespace dyna::layering
