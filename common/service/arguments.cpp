#include "common/service/arguments.hpp"

#include <CLI/CLI.hpp>

#include "common/run/revision.hpp"

namespace dyna::service {

std::variant<Arguments, int> ParseArguments(int argc, char** argv, const std::string& program,
                                            const std::string& description) {
  Arguments arguments;
  CLI::App app(description, program);
  app.set_version_flag("--version", program + " " + kRevision);
  app.add_option("--config", arguments.configs,
                 "Experiment, a TOML file; the same for every role. May be repeated, for what all "
                 "roles share besides: later files win")
      ->type_name("FILE")
      ->take_all()
      ->required();
  app.add_option("--set", arguments.set, "Override one key of the config; may be repeated")
      ->type_name("KEY=VALUE")
      ->take_all();
  app.add_flag("--healthcheck", arguments.healthcheck,
               "Ask the running service of this config whether it is well: exit 0, else 1");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return arguments;
}

}  // namespace dyna::service
