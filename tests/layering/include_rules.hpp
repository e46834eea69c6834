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
  /// Stems of its leaves. A leaf is included by its own files (stem, stem_*) and by its family's
  /// registry.cpp (here or one folder up), and by nobody else.
  std::vector<std::string> leaves = {};
  std::vector<std::string> registry_also = {};  ///< stems registry.cpp includes that are no leaf
};

using Rules = std::vector<FolderRule>;

struct SourceFile {
  std::string path = {};  ///< from the root
  std::string text = {};
};

/// One line per broken rule: "PATH:LINE: ...". Empty when the file keeps to `rules`.
std::vector<std::string> Violations(const Rules& rules, const SourceFile& file);

/// One line per header of a folder with leaves that `registry` (a registry.cpp) names but the
/// table does not list: a new leaf must be listed, or nothing protects it.
std::vector<std::string> UnlistedLeaves(const Rules& rules, const SourceFile& registry);

/// The table of the whole tree (design: ARCHITECTURE.md, "Layers").
const Rules& TreeRules();

}  // namespace dyna::layering
