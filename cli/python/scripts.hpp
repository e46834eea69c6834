#pragma once

#include <span>
#include <string_view>

namespace dyna::cli {

/// A Python script that the program carries in itself.
struct Script {
  std::string_view name = {};  ///< "plot.py"
  std::string_view text = {};
};

std::span<const Script> Scripts();

}  // namespace dyna::cli
