#include "tests/layering/include_rules.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>
#include <utility>

namespace dyna::layering {
namespace {

struct Include {
  std::string target = {};
  bool quoted = false;
};

std::string FolderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().generic_string();
}

std::string StemOf(const std::string& path) { return std::filesystem::path(path).stem().string(); }

/// The include directive of one line, if it is one.
std::optional<Include> ParseInclude(std::string_view line) {
  const auto skip_blanks = [&line] {
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  };
  skip_blanks();
  if (!line.starts_with('#')) return std::nullopt;
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include")) return std::nullopt;
  line.remove_prefix(std::string_view("include").size());
  skip_blanks();
  if (!line.starts_with('"') && !line.starts_with('<')) return std::nullopt;
  const bool quoted = line.front() == '"';
  line.remove_prefix(1);
  return Include{std::string(line.substr(0, line.find(quoted ? '"' : '>'))), quoted};
}

const FolderRule* Find(const Rules& rules, const std::string& folder) {
  const auto it = std::find_if(rules.begin(), rules.end(),
                               [&](const FolderRule& rule) { return rule.folder == folder; });
  return it == rules.end() ? nullptr : &*it;
}

bool Contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// True iff `folder` is `pattern`, or lies in the subtree that a pattern "x/*" names.
bool Matches(const std::string& pattern, const std::string& folder) {
  if (!pattern.ends_with("/*")) return pattern == folder;
  const std::string root = pattern.substr(0, pattern.size() - 2);
  return folder == root || folder.starts_with(root + "/");
}

/// The leaf that a file belongs to by its name ("sac" owns "sac_networks"), the longest that fits;
/// "" when none does.
std::string OwnerLeaf(const FolderRule& rule, const std::string& stem) {
  std::string owner;
  for (const std::string& leaf : rule.leaves) {
    const bool fits = stem == leaf || stem.starts_with(leaf + "_");
    if (fits && leaf.size() > owner.size()) owner = leaf;
  }
  return owner;
}

/// True iff `path` is the registry.cpp that may name the leaves of `leaf_folder`.
bool IsRegistryOf(const std::string& path, const std::string& leaf_folder) {
  return path == leaf_folder + "/registry.cpp" || path == FolderOf(leaf_folder) + "/registry.cpp";
}

/// Why `file` may not include a header of ours, or "".
std::string QuotedComplaint(const Rules& rules, const FolderRule& from, const std::string& path,
                            const std::string& target) {
  const std::string folder = FolderOf(target);
  const FolderRule* to = Find(rules, folder);
  if (to == nullptr) return "is not a path from the root into a folder of the table";
  const bool allowed =
      from.folder == folder ||
      std::any_of(from.folders.begin(), from.folders.end(),
                  [&](const std::string& pattern) { return Matches(pattern, folder); });
  if (!allowed) return "may not be included from " + from.folder;
  if (!Contains(to->leaves, StemOf(target)) || IsRegistryOf(path, folder)) return "";
  const bool own_file = from.folder == folder && OwnerLeaf(*to, StemOf(path)) == StemOf(target);
  return own_file ? "" : "is a leaf: only its own files and its family's registry.cpp may name it";
}

/// Why `from` may not include a system header, or "".
std::string AngledComplaint(const FolderRule& from, const std::string& target) {
  const bool standard = target.find_first_of("./") == std::string::npos;
  if (standard || target.starts_with("Eigen/")) return "";
  const bool allowed =
      std::any_of(from.libraries.begin(), from.libraries.end(),
                  [&](const std::string& prefix) { return target.starts_with(prefix); });
  return allowed ? "" : "may not be included from " + from.folder;
}

std::vector<std::pair<int, Include>> Includes(const SourceFile& file) {
  std::vector<std::pair<int, Include>> includes;
  std::istringstream lines(file.text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (auto include = ParseInclude(line)) includes.emplace_back(number, std::move(*include));
  }
  return includes;
}

}  // namespace

std::vector<std::string> Violations(const Rules& rules, const SourceFile& file) {
  const FolderRule* from = Find(rules, FolderOf(file.path));
  if (from == nullptr) return {file.path + ":1: its folder has no rule"};
  std::vector<std::string> found;
  for (const auto& [line, include] : Includes(file)) {
    const std::string complaint = include.quoted
                                      ? QuotedComplaint(rules, *from, file.path, include.target)
                                      : AngledComplaint(*from, include.target);
    if (complaint.empty()) continue;
    found.push_back(file.path + ":" + std::to_string(line) + ": " + include.target + " " +
                    complaint);
  }
  return found;
}

std::vector<std::string> UnlistedLeaves(const Rules& rules, const SourceFile& registry) {
  std::vector<std::string> found;
  for (const auto& [line, include] : Includes(registry)) {
    const FolderRule* rule = Find(rules, FolderOf(include.target));
    const std::string stem = StemOf(include.target);
    if (rule == nullptr || rule->leaves.empty() || stem == "registry") continue;
    if (!IsRegistryOf(registry.path, rule->folder)) continue;
    if (Contains(rule->leaves, stem) || Contains(rule->registry_also, stem)) continue;
    found.push_back(registry.path + ":" + std::to_string(line) + ": " + include.target +
                    " is named by a registry but no leaf of the table");
  }
  return found;
}

}  // namespace dyna::layering
