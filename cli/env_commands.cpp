#include "cli/env_commands.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>
#include <utility>

#include "actors/envs/registry.hpp"
#include "cli/env_trace.hpp"
#include "common/config/toml_text.hpp"
#include "common/rules/rules.hpp"

namespace dyna::cli {
namespace {

using Action = std::function<int()>;

/// A space in few words, whatever its size.
std::string Brief(const Space& space) {
  if (space.discrete()) return "1 of " + std::to_string(space.n);
  return std::to_string(space.columns()) + (space.columns() == 1 ? " real" : " reals");
}

std::string LimitText(const EnvSpec& spec) {
  return spec.max_episode_steps == 0 ? "none" : std::to_string(spec.max_episode_steps) + " steps";
}

std::string RulesText(const std::string& name) {
  const auto rules = rules::RulesFor(name);
  if (rules.terminated == nullptr && rules.reward == nullptr) return "none";
  if (rules.terminated == nullptr) return "reward";
  return rules.reward == nullptr ? "termination" : "termination, reward";
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// A space in full, unless that is many times the same.
std::string SpaceText(const Space& space) {
  constexpr std::int64_t kColumnsInFull = 4;
  const auto same = [](const std::vector<double>& bounds) {
    return std::all_of(bounds.begin(), bounds.end(), [&](double b) { return b == bounds[0]; });
  };
  if (space.discrete() || space.columns() <= kColumnsInFull || !same(space.low) ||
      !same(space.high)) {
    return space.ToString();
  }
  std::ostringstream text;
  text << Brief(space) << ", each in [" << space.low[0] << ", " << space.high[0] << "]";
  return text.str();
}

/// The stem and number of "qpos12"; number -1 where a name does not end in one.
std::pair<std::string, std::int64_t> SplitNumber(const std::string& name) {
  const auto digits = name.find_last_not_of("0123456789") + 1;
  if (digits == name.size()) return {name, -1};
  return {name.substr(0, digits), std::stoll(name.substr(digits))};
}

/// Names, runs of numbered ones shortened: "qpos0 to qpos14, qvel0 to qvel13".
std::string NamesText(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t first = 0; first < names.size();) {
    std::size_t last = first;
    const auto [stem, number] = SplitNumber(names[first]);
    while (number >= 0 && last + 1 < names.size() &&
           names[last + 1] ==
               stem + std::to_string(number + static_cast<std::int64_t>(last + 1 - first))) {
      ++last;
    }
    text += (text.empty() ? "" : ", ") + names[first];
    if (last > first) text += (last > first + 1 ? " to " : ", ") + names[last];
    first = last + 1;
  }
  return text;
}

void AddSettings(CLI::App& command, std::vector<std::string>& settings) {
  command.add_option("--set", settings, "Override one env.* key; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

void RegisterList(CLI::App& env, Action& action) {
  env.add_subcommand("list", "Name every built-in environment")->callback([&action] {
    action = [] {
      ListEnvironments(std::cout);
      return 0;
    };
  });
}

void RegisterShow(CLI::App& env, Action& action) {
  struct Arguments {
    std::string name = {};
    std::vector<std::string> settings = {};
  };
  const auto arguments = std::make_shared<Arguments>();
  auto* command = env.add_subcommand("show", "Describe one environment");
  command->add_option("name", arguments->name, "Environment")->type_name("NAME")->required();
  AddSettings(*command, arguments->settings);
  command->callback([arguments, &action] {
    action = [arguments] {
      Config config = EnvironmentConfig(arguments->name, arguments->settings);
      ShowEnvironment(config, std::cout);
      return 0;
    };
  });
}

void RegisterTrace(CLI::App& env, Action& action) {
  const auto options = std::make_shared<TraceOptions>();
  auto* command = env.add_subcommand(
      "trace", "Apply actions to an exact state and print every observation as CSV");
  command->add_option("name", options->name, "Environment")->type_name("NAME")->required();
  command
      ->add_option("--state", options->state,
                   "Physical state (env show lists its values), or a file that holds it")
      ->type_name("V0,V1,...|@FILE")
      ->required();
  command
      ->add_option("--actions", options->actions_path,
                   "One action per line, comma-separated, no header")
      ->type_name("FILE")
      ->required();
  command->add_option("--out", options->out_path, "CSV to write; default standard output")
      ->type_name("FILE");
  command->add_option("--seed", options->seed, "Of the random stream of a stochastic environment")
      ->type_name("N")
      ->capture_default_str();
  command->add_flag("--with-state", options->with_state,
                    "Also write the state of every row, one column a value");
  AddSettings(*command, options->settings);
  command->callback([options, &action] {
    action = [options] {
      TraceEnvironment(*options, std::cout);
      return 0;
    };
  });
}

void RegisterCheck(CLI::App& env, Action& action) {
  struct Arguments {
    std::string name = {};
    std::string plugin = {};
    std::vector<std::string> settings = {};
    EnvCheckOptions options = {};
  };
  const auto arguments = std::make_shared<Arguments>();
  auto* command = env.add_subcommand(
      "check", "Try what an environment promises: built-in, gym:NAME, or a plug-in");
  auto* name = command->add_option("name", arguments->name, "Environment")->type_name("NAME");
  auto* plugin = command->add_option("--plugin", arguments->plugin, "Same as env.plugin")
                     ->type_name("PATH.so");
  name->excludes(plugin);
  command->add_option("--steps", arguments->options.steps, "Random steps of a check")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{50}, std::int64_t{100'000'000}));
  command->add_option("--seed", arguments->options.seed, "Of the random actions")
      ->type_name("N")
      ->capture_default_str();
  AddSettings(*command, arguments->settings);
  command->callback([arguments, &action, command] {
    if (arguments->name.empty() && arguments->plugin.empty()) {
      throw CLI::RequiredError(command->get_name() + " needs NAME or --plugin PATH.so, which");
    }
    action = [arguments] {
      return CheckCommand(arguments->name, arguments->plugin, arguments->settings,
                          arguments->options, std::cout)
                 ? 0
                 : 1;
    };
  });
}

}  // namespace

bool CheckCommand(const std::string& name, const std::string& plugin,
                  const std::vector<std::string>& settings, const EnvCheckOptions& options,
                  std::ostream& out) {
  const MakeForCheck make = [&](const std::vector<std::string>& more) {
    Config config;
    for (const auto& setting : settings) config.Set(setting);
    if (!name.empty()) config.Set("env.name=" + StringToml(name));
    if (!plugin.empty()) config.Set("env.plugin=" + StringToml(plugin));
    for (const auto& setting : more) config.Set(setting);
    auto environment = envs::MakeEnvironment(config);
    config.RequireAllKeysUsed();
    return environment;
  };
  const std::string shown = make({})->spec().name;  // refuses what cannot be made
  return PrintFindings(shown, CheckEnvironment(make, options), out);
}

Config EnvironmentConfig(const std::string& name, const std::vector<std::string>& settings) {
  Config config;
  for (const auto& setting : settings) config.Set(setting);
  config.Set("env.name=" + StringToml(name));
  return config;
}

void ListEnvironments(std::ostream& out) {
  const auto print = [&out](const std::string& name, const std::string& observation,
                            const std::string& action, const std::string& limit) {
    out << std::left << std::setw(28) << name << std::setw(13) << observation << std::setw(10)
        << action << limit << '\n';
  };
  print("  name", "observation", "action", "time limit");
  for (const envs::EnvironmentFamily& family : envs::EnvironmentFamilies()) {
    out << '\n' << family.title << '\n';
    if (!family.available) {
      out << "  not in this build, which has no " << family.title
          << " (deploy/setup.sh installs it): " << Joined(family.names) << '\n';
      continue;
    }
    for (const auto& name : family.names) {
      Config config = EnvironmentConfig(name, {});
      const EnvSpec spec = envs::MakeEnvironment(config)->spec();
      print("  " + name, Brief(spec.observation), Brief(spec.action), LimitText(spec));
    }
  }
}

void ShowEnvironment(Config& config, std::ostream& out) {
  const EnvSpec spec = envs::MakeEnvironment(config)->spec();
  config.RequireAllKeysUsed();
  out << spec.name << "\n  observation  " << SpaceText(spec.observation) << "\n  action       "
      << SpaceText(spec.action) << "\n  time limit   " << LimitText(spec) << "\n  threshold    ";
  if (spec.reward_threshold) {
    out << *spec.reward_threshold;
  } else {
    out << "none";
  }
  out << "\n  state        "
      << (spec.state_names.empty() ? "cannot be set" : NamesText(spec.state_names))
      << "\n  known rules  " << RulesText(spec.name)
      << "\n\nKeys it reads, with the values in force:\n\n"
      << config.EffectiveToml();
}

void RegisterEnvCommands(CLI::App& app, std::function<int()>& action) {
  auto* env = app.add_subcommand("env", "List, describe, trace and check environments");
  env->require_subcommand(1);
  RegisterList(*env, action);
  RegisterShow(*env, action);
  RegisterTrace(*env, action);
  RegisterCheck(*env, action);
}

}  // namespace dyna::cli
