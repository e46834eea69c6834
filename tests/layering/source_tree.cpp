#include "tests/layering/source_tree.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

namespace dyna::layering {
namespace {

namespace fs = std::filesystem;

const fs::path& Root() {
  static const fs::path kRoot = DYNA_SOURCE_DIR;
  return kRoot;
}

SourceFile Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {path.lexically_relative(Root()).generic_string(),
          {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}};
}

void Sort(std::vector<SourceFile>& files) {
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
}

std::vector<SourceFile> FilesBelow(const std::string& top) {
  std::vector<SourceFile> files;
  if (!FolderExists(top)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(Root() / top)) {
    // What Python leaves beside its sources names this machine.
    const bool compiled = entry.path().parent_path().filename() == "__pycache__";
    if (entry.is_regular_file() && !compiled) files.push_back(Read(entry.path()));
  }
  return files;
}

}  // namespace

bool FolderExists(const std::string& folder) { return fs::is_directory(Root() / folder); }

bool Exists(const std::string& path) { return fs::exists(Root() / path); }

std::vector<SourceFile> CppFiles(const std::vector<std::string>& tops) {
  std::vector<SourceFile> files;
  for (const std::string& top : tops) {
    for (SourceFile& file : FilesBelow(top)) {
      if (file.path.ends_with(".hpp") || file.path.ends_with(".cpp")) {
        files.push_back(std::move(file));
      }
    }
  }
  Sort(files);
  return files;
}

std::vector<SourceFile> ProjectFiles() {
  constexpr std::array<std::string_view, 13> kFolders = {
      "actors", "learner", "model_server", "replay", "common",   "deploy", "tests",
      "cli",    "configs", "docs",         "cmake",  "examples", ".ci"};
  constexpr std::array<std::string_view, 5> kEndings = {".md", ".txt", ".json", ".toml",
                                                        ".clang-tidy"};
  std::vector<SourceFile> files;
  for (const auto folder : kFolders) {
    for (SourceFile& file : FilesBelow(std::string(folder))) files.push_back(std::move(file));
  }
  for (const auto& entry : fs::directory_iterator(Root())) {
    const std::string name = entry.path().filename().string();
    const bool ours = std::any_of(kEndings.begin(), kEndings.end(),
                                  [&](std::string_view ending) { return name.ends_with(ending); });
    if (entry.is_regular_file() && ours) files.push_back(Read(entry.path()));
  }
  Sort(files);
  return files;
}

}  // namespace dyna::layering
