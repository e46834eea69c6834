#include "cli/export/export_command.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>

#include "cli/export/policy_formats.hpp"
#include "cli/run_source.hpp"
#include "common/checkpoint/atomic_file.hpp"
#include "common/core/error.hpp"

namespace dyna::cli {
namespace fs = std::filesystem;
namespace {

struct Arguments {
  std::string run = {};
  std::string format = {};
  std::string out = {};
};

struct Format {
  const char* name;
  const char* extension;
  std::string (*write)(const PolicyToExport&);
};
constexpr Format kFormats[] = {{"npz", ".npz", PolicyAsNpz},
                               {"onnx", ".onnx", PolicyAsOnnx},
                               {"torchscript", ".pt", PolicyAsTorchScript}};

void RequireFinite(const nn::PolicyWeights& weights, const fs::path& checkpoint) {
  for (const auto& layer : weights.layers) {
    if (!layer.weight.allFinite() || !layer.bias.allFinite()) {
      throw CheckpointError("checkpoint '" + checkpoint.string() +
                            "': the policy has weights that are not finite");
    }
  }
}

std::string Dimensions(const nn::PolicyWeights& weights) {
  std::string text = std::to_string(weights.layers.front().weight.cols());
  if (weights.kind == nn::PolicyWeights::Kind::kQTable) {
    return text + " states, " + std::to_string(weights.layers[0].weight.rows()) + " actions";
  }
  for (const auto& layer : weights.layers) text += "-" + std::to_string(layer.weight.rows());
  return text;
}

void Export(const Arguments& arguments) {
  const RunSource source = OpenRunOrCheckpoint(arguments.run);
  PolicyToExport policy{.weights = PublishedPolicy(source), .source = source.checkpoint.filename()};
  RequireFinite(policy.weights, source.checkpoint);
  if (source.folder) {
    Config config = Config::FromFile(source.folder->config_path().string());
    policy.env = config.GetString("env.name", "");
  }
  for (const auto& format : kFormats) {
    if (arguments.format != format.name) continue;
    const fs::path out =
        arguments.out.empty() ? std::string("policy") + format.extension : arguments.out;
    WriteFileAtomically(out, format.write(policy));
    std::cout << out.string() << ": " << KindName(policy.weights.kind) << " policy ("
              << Dimensions(policy.weights) << ") of " << source.checkpoint.string() << '\n';
  }
}

}  // namespace

void RegisterExportCommand(CLI::App& app, std::function<int()>& action) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand(
      "export", "Write a run's policy to a file for NumPy, ONNX runtimes or TorchScript");
  command->add_option("run", arguments->run, "Run folder, or one checkpoint file")
      ->type_name("RUN|CHECKPOINT")
      ->required();
  std::vector<std::string> names;
  for (const auto& format : kFormats) names.emplace_back(format.name);
  command->add_option("--format", arguments->format, "npz: plain arrays; onnx; torchscript")
      ->required()
      ->check(CLI::IsMember(names));
  command->add_option("--out", arguments->out, "File to write; default policy.npz, .onnx or .pt")
      ->type_name("FILE");
  command->callback([arguments, &action] {
    action = [arguments] {
      Export(*arguments);
      return 0;
    };
  });
}

}  // namespace dyna::cli
