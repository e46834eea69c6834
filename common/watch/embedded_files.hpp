#pragma once

#include <span>
#include <string_view>

namespace dyna::watch {

/// A file of common/watch/page, compiled into the program.
struct EmbeddedFile {
  std::string_view name = {};  ///< "index.html"
  std::string_view text = {};
};

/// Written by cmake/EmbedTexts.cmake.
std::span<const EmbeddedFile> EmbeddedFiles();

}  // namespace dyna::watch
