#include "cli/render/render_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <utility>

#include "actors/envs/registry.hpp"
#include "cli/python/draw.hpp"
#include "cli/render/film.hpp"
#include "cli/render/imagine.hpp"
#include "cli/render/recording.hpp"
#include "cli/run_source.hpp"
#include "common/core/error.hpp"
#include "common/core/number_text.hpp"

namespace dyna::cli {
namespace fs = std::filesystem;
namespace {

struct Arguments {
  std::string run = {};
  std::string out = "render.gif";
  std::int64_t episodes = 1;
  std::uint64_t seed = 0;
  std::int64_t every = 1;
  std::int64_t fps = 25;
  bool imagined = false;
};

/// The environments of `dyna eval`, each at the start of its episode.
std::vector<std::unique_ptr<envs::Environment>> Begin(const RunSource& run, Config& config,
                                                      std::int64_t episodes, Rng& rng) {
  auto environments = envs::MakeEnvironments(config, episodes);
  const std::string snapshot = "run/actor/env0/snapshot";
  const auto world =
      run.state.Has(snapshot) ? run.state.Get<double>(snapshot) : std::vector<double>();
  for (auto& environment : environments) {
    if (!world.empty()) environment->Restore(world);
    environment->Reset(rng);
  }
  return environments;
}

void RequireDrawable(const Arguments& arguments, const std::string& name, bool pictures,
                     const std::optional<Drawing>& drawing) {
  if (!pictures && !drawing) {
    throw OperatorError("env.name = \"" + name +
                        "\" cannot be drawn: render knows classic control, MuJoCo, and "
                        "environments that draw themselves");
  }
  if (arguments.imagined && (pictures || drawing->state_of == nullptr)) {
    throw OperatorError("--imagined: the observations of " + name +
                        " do not tell what an imagined state looks like");
  }
}

/// How far the model's belief is off as it looks further ahead.
std::string BeliefText(const Episode& episode, const std::vector<std::vector<double>>& imagined) {
  const std::size_t last = imagined.size() - 1;
  std::string text = "  model off by (root mean square of the observation)";
  for (const std::size_t t : {std::size_t{1}, std::size_t{10}, std::size_t{100}}) {
    if (t >= last) break;
    text += " " + NumberText(Distance(imagined[t], episode.obs[t])) + " after " +
            std::to_string(t) + ",";
  }
  return text + " " + NumberText(Distance(imagined[last], episode.obs[last])) + " after " +
         std::to_string(last) + " steps\n";
}

/// `report`: what is told of the episodes once the film is written.
Film MakeFilm(const Arguments& arguments, const fs::path& scratch, std::string& report) {
  const RunSource run = OpenRunOrCheckpoint(arguments.run);
  if (!run.folder) {
    throw OperatorError("'" + arguments.run + "' lies outside a run folder: its config is needed");
  }
  Config config = Config::FromFile(run.folder->config_path().string());
  // Gymnasium's environments draw only if they were made for it.
  if (config.GetString("env.name", "").starts_with("gym:")) config.Set("env.render=true");
  const nn::Policy policy(PublishedPolicy(run));
  Rng rng(arguments.seed, "evaluator", 0);
  const auto environments = Begin(run, config, arguments.episodes, rng);
  const EnvSpec& spec = environments[0]->spec();
  const bool pictures = environments[0]->Render().has_value();
  auto drawing = pictures ? std::nullopt : FindDrawing(spec.name, config);
  RequireDrawable(arguments, spec.name, pictures, drawing);

  const auto steps_max = config.GetInt("run.eval_steps_max", 10'000, 1, 1'000'000'000);
  Film film{.title = spec.name, .fps = arguments.fps};
  if (drawing) film.drawing = std::move(*drawing);
  if (arguments.imagined) film.legend = "the model's belief";
  report = spec.name + ", policy of " + run.checkpoint.string() + "\n";
  for (std::size_t i = 0; i < environments.size(); ++i) {
    const Episode episode = Record(*environments[i], policy, steps_max, rng);
    report += "episode " + std::to_string(i) + "  return " + NumberText(episode.episode_return()) +
              "  steps " + std::to_string(episode.steps()) + "\n";
    std::vector<std::vector<double>> imagined;
    if (arguments.imagined) {
      imagined = Imagine(run, config, spec, episode);
      report += BeliefText(episode, imagined);
    }
    AppendFrames(episode, i, arguments.every, imagined, scratch, film);
  }
  return film;
}

void Render(const Arguments& arguments) {
  const std::string extension = fs::path(arguments.out).extension().string();
  if (extension != ".gif" && extension != ".png") {
    throw OperatorError("--out " + arguments.out + ": a film is a .gif, a strip of it a .png");
  }
  std::size_t frames = 0;
  std::string report;
  DrawWithPython({.name = "render.py", .needs = {.names = "PIL.Image", .package = "python3-pil"}},
                 arguments.out, [&](const fs::path& folder, const fs::path& picture) {
                   const Film film = MakeFilm(arguments, folder, report);
                   frames = film.frames.size();
                   return FilmJson(film, extension.substr(1), picture);
                 });
  std::cout << report << arguments.out << ": "
            << (extension == ".gif"
                    ? std::to_string(frames) + " frames, " + std::to_string(arguments.fps) +
                          " a second"
                    : "a strip of " + std::to_string(std::min<std::size_t>(frames, 8)) + " frames")
            << '\n';
}

}  // namespace

void RegisterRenderCommand(CLI::App& app, std::function<int()>& action) {
  auto arguments = std::make_shared<Arguments>();
  auto* command =
      app.add_subcommand("render", "Draw episodes of a run's newest policy, as an animated GIF");
  command->add_option("run", arguments->run, "Run folder, or one of its checkpoint files")
      ->type_name("RUN|CHECKPOINT")
      ->required();
  const auto number = [command](const char* name, std::int64_t& value, const char* what,
                                std::int64_t most) {
    command->add_option(name, value, what)
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{1}, most));
  };
  command->add_option("--out", arguments->out, "A .gif, or a .png with eight frames in a strip")
      ->type_name("FILE")
      ->capture_default_str();
  number("--episodes", arguments->episodes, "How many episodes", 100);
  command->add_option("--seed", arguments->seed, "Seed of the start states, as of dyna eval")
      ->type_name("N")
      ->capture_default_str();
  number("--every", arguments->every, "Draw every N-th step only", 10'000);
  number("--fps", arguments->fps, "Frames a second", 50);
  command->add_flag("--imagined", arguments->imagined,
                    "Also what the run's model believes follows from the same start and actions");
  command->callback([arguments, &action] {
    action = [arguments] {
      Render(*arguments);
      return 0;
    };
  });
}

}  // namespace dyna::cli
