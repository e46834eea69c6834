#pragma once

#include <CLI/App.hpp>
#include <functional>

namespace dyna::cli {

/// Adds `dyna export RUN|CHECKPOINT --format F [--out FILE]`: the deterministic policy of a run as
/// a file that other programs read.
void RegisterExportCommand(CLI::App& app, std::function<int()>& action);

}  // namespace dyna::cli
