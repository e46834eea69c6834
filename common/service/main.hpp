#pragma once

#include <functional>

#include "common/service/host.hpp"

namespace dyna::service {

/// What main() of a service returns: reads the command line and the config, runs `serve` and
/// turns what it throws into one line and an exit status: 0 done, 2 the operator's mistake,
/// 1 anything else. `serve` returns when the host is stopping.
int Main(int argc, char** argv, const Program& program, const std::function<void(Host&)>& serve);

}  // namespace dyna::service
