#pragma once

#include <CLI/App.hpp>
#include <functional>

namespace dyna::cli {

/// Adds `dyna render RUN [--episodes N] [--out FILE] [--imagined]`: a film of the newest policy.
void RegisterRenderCommand(CLI::App& app, std::function<int()>& action);

}  // namespace dyna::cli
