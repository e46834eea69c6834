#include "common/service/main.hpp"

#include <cstdio>
#include <exception>
#include <span>
#include <variant>

#include "common/core/error.hpp"
#include "common/service/arguments.hpp"
#include "common/telemetry/health_check.hpp"

namespace dyna::service {
namespace {

Config ReadConfig(const Arguments& arguments) {
  Config config = Config::FromFile(arguments.configs.front());
  for (const auto& file : std::span(arguments.configs).subspan(1)) {
    config.Overlay(Config::FromFile(file));
  }
  for (const auto& assignment : arguments.set) config.Set(assignment);
  return config;
}

int CheckHealth(Config config) {
  const auto options = telemetry::HttpExposer::Options::From(config);
  if (options.port <= 0) {
    throw ConfigError("--healthcheck needs metrics.port, a port above 0");
  }
  const auto answer = telemetry::AskHealth(options.address, static_cast<int>(options.port),
                                           std::chrono::seconds(3));
  std::printf("%s\n", answer.text.c_str());
  return answer.healthy ? 0 : 1;
}

}  // namespace

int Main(int argc, char** argv, const Program& program,
         const std::function<void(Host&)>& serve) try {
  const SignalStop stop;
  auto parsed = ParseArguments(argc, argv, program.name, program.description);
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  const auto& arguments = std::get<Arguments>(parsed);
  Config config = ReadConfig(arguments);
  if (arguments.healthcheck) return CheckHealth(std::move(config));
  Host host(program, std::move(config), stop);
  serve(host);
  host.log().Info("stopped");
  return 0;
} catch (const OperatorError& error) {
  std::fprintf(stderr, "%s: %s\n", program.name.c_str(), error.what());
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s: fatal: %s\n", program.name.c_str(), error.what());
  return 1;
}

}  // namespace dyna::service
