#pragma once

#include <span>
#include <string_view>

namespace dyna::envs {

struct EmbeddedModel {
  std::string_view name = {};  ///< stem of the file in models/
  std::string_view mjcf = {};
};

/// The files of models/, as they were when the program was built.
std::span<const EmbeddedModel> EmbeddedModels();

}  // namespace dyna::envs
