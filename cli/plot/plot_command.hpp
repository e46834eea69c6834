#pragma once

#include <CLI/App.hpp>
#include <functional>

namespace dyna::cli {

/// Adds `dyna plot RUN... [--out FILE] [--x steps|time]`: learning curves over seeds.
void RegisterPlotCommand(CLI::App& app, std::function<int()>& action);

}  // namespace dyna::cli
