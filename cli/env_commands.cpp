#include "cli/env_commands.hpp"

#include <CLI/CLI.hpp>
#include <iomanip>
#include <iostream>
#include <memory>

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
  command->add_option("--state", options->state, "Physical state (see env show)")
      ->type_name("V0,V1,...")
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
  AddSettings(*command, options->settings);
  command->callback([options, &action] {
    action = [options] {
      TraceEnvironment(*options, std::cout);
      return 0;
    };
  });
}

}  // namespace

Config EnvironmentConfig(const std::string& name, const std::vector<std::string>& settings) {
  Config config;
  for (const auto& setting : settings) config.Set(setting);
  config.Set("env.name=" + StringToml(name));
  return config;
}

void ListEnvironments(std::ostream& out) {
  const auto print = [&out](const std::string& name, const std::string& observation,
                            const std::string& action, const std::string& limit) {
    out << std::left << std::setw(26) << name << std::setw(13) << observation << std::setw(8)
        << action << limit << '\n';
  };
  print("name", "observation", "action", "time limit");
  for (const auto& name : envs::EnvironmentNames()) {
    Config config = EnvironmentConfig(name, {});
    const EnvSpec spec = envs::MakeEnvironment(config)->spec();
    print(name, Brief(spec.observation), Brief(spec.action), LimitText(spec));
  }
}

void ShowEnvironment(Config& config, std::ostream& out) {
  const EnvSpec spec = envs::MakeEnvironment(config)->spec();
  config.RequireAllKeysUsed();
  out << spec.name << "\n  observation  " << spec.observation.ToString() << "\n  action       "
      << spec.action.ToString() << "\n  time limit   " << LimitText(spec) << "\n  threshold    ";
  if (spec.reward_threshold) {
    out << *spec.reward_threshold;
  } else {
    out << "none";
  }
  out << "\n  state        " << Joined(spec.state_names) << "\n  known rules  "
      << RulesText(spec.name) << "\n\nKeys it reads, with the values in force:\n\n"
      << config.EffectiveToml();
}

void RegisterEnvCommands(CLI::App& app, std::function<int()>& action) {
  auto* env = app.add_subcommand("env", "List, describe and trace the built-in environments");
  env->require_subcommand(1);
  RegisterList(*env, action);
  RegisterShow(*env, action);
  RegisterTrace(*env, action);
}

}  // namespace dyna::cli
