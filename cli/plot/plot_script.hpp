#pragma once

#include <string_view>

namespace dyna::cli {

/// The text of plot.py, which the program carries in itself.
std::string_view PlotScript();

}  // namespace dyna::cli
