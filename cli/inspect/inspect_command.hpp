#pragma once

#include <CLI/App.hpp>
#include <functional>

namespace dyna::cli {

/// Adds `dyna inspect RUN|CHECKPOINT [--arrays] [--json]`: what is in it.
void RegisterInspectCommand(CLI::App& app, std::function<int()>& action);

}  // namespace dyna::cli
