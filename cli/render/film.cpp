#include "cli/render/film.hpp"

#include <toml++/toml.h>

#include <sstream>

#include "common/checkpoint/atomic_file.hpp"
#include "common/core/error.hpp"

namespace dyna::cli {
namespace {

const char* InkName(Ink ink) {
  switch (ink) {
    case Ink::kBody:
      return "body";
    case Ink::kLimb:
      return "limb";
    case Ink::kMark:
      return "mark";
    case Ink::kScenery:
      break;
  }
  return "scenery";
}

/// [ink, width, x0, y0, x1, y1, ...]
toml::array StrokesJson(const std::vector<Stroke>& strokes) {
  toml::array all;
  for (const auto& stroke : strokes) {
    toml::array one;
    one.push_back(InkName(stroke.ink));
    one.push_back(stroke.width);
    for (const auto& [x, y] : stroke.points) {
      one.push_back(x);
      one.push_back(y);
    }
    all.push_back(std::move(one));
  }
  return all;
}

toml::table FrameJson(const Frame& frame) {
  toml::table json{{"caption", frame.caption}, {"centre_x", frame.centre_x}};
  if (!frame.picture.empty()) {
    json.insert("picture", frame.picture);
  } else {
    json.insert("real", StrokesJson(frame.real));
    json.insert("imagined", StrokesJson(frame.imagined));
  }
  return json;
}

std::string Fixed(double value, int digits) {
  std::ostringstream text;
  text.setf(std::ios::fixed);
  text.precision(digits);
  text << value;
  return text.str();
}

std::string WritePicture(const envs::Image& image, const std::filesystem::path& scratch,
                         Film& film) {
  if (film.picture_width == 0) {
    film.picture_width = image.width;
    film.picture_height = image.height;
  }
  if (image.width != film.picture_width || image.height != film.picture_height) {
    throw EnvironmentError("environment " + film.title + ": its pictures change their size");
  }
  const auto file = scratch / ("frame_" + std::to_string(film.frames.size()) + ".rgb");
  WriteFileAtomically(file, std::as_bytes(std::span(image.rgb)));
  return file.string();
}

}  // namespace

void AppendFrames(const Episode& episode, std::size_t number, std::int64_t every,
                  const std::vector<std::vector<double>>& imagined,
                  const std::filesystem::path& scratch, Film& film) {
  double so_far = 0.0;
  std::vector<double> belief = episode.states.front();
  for (std::size_t t = 0; t <= episode.steps(); ++t) {
    if (t > 0) so_far += episode.rewards[t - 1];
    const bool known = t < imagined.size();
    // In order, whether drawn or not: each state is found from the one before.
    if (known && t > 0) belief = film.drawing.state_of(imagined[t], belief);
    if (t % static_cast<std::size_t>(every) != 0 && t != episode.steps()) continue;
    Frame frame{.caption = "episode " + std::to_string(number) + "  step " + std::to_string(t) +
                           "  return " + Fixed(so_far, 1)};
    if (!episode.pictures.empty()) {
      frame.picture = WritePicture(episode.pictures[t], scratch, film);
    } else {
      const std::span<const double> state = episode.states[t];
      frame.real = film.drawing.strokes(state);
      if (film.drawing.follows) frame.centre_x = film.drawing.centre_x(state);
      if (known) {
        frame.imagined = film.drawing.strokes(belief);
        frame.caption += "  model off by " + Fixed(Distance(imagined[t], episode.obs[t]), 3);
      }
    }
    film.frames.push_back(std::move(frame));
  }
}

std::string FilmJson(const Film& film, const std::string& format,
                     const std::filesystem::path& file) {
  toml::array frames;
  for (const auto& frame : film.frames) frames.push_back(FrameJson(frame));
  const Window& window = film.drawing.window;
  toml::table json{{"title", film.title},
                   {"legend", film.legend},
                   {"fps", film.fps},
                   {"format", format},
                   {"file", file.string()},
                   {"window", toml::array{window.left, window.right, window.bottom, window.top}},
                   {"scenery", StrokesJson(film.drawing.scenery)},
                   {"picture_size", toml::array{film.picture_width, film.picture_height}},
                   {"frames", std::move(frames)}};
  if (film.drawing.ground) json.insert("ground", *film.drawing.ground);
  std::ostringstream text;
  text << toml::json_formatter(json);
  return text.str();
}

}  // namespace dyna::cli
