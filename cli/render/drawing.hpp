#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/config/config.hpp"

namespace dyna::cli {

/// What a stroke stands for; render.py gives it its colour.
enum class Ink : std::uint8_t { kBody, kLimb, kMark, kScenery };

/// A line of round ends through `points`; one point is a disc.
struct Stroke {
  Ink ink = Ink::kBody;
  double width = 0.0;                              ///< metres, or the environment's units
  std::vector<std::array<double, 2>> points = {};  ///< x to the right, y upwards
};

/// The part of the plane that a frame shows.
struct Window {
  double left = 0.0;
  double right = 0.0;
  double bottom = 0.0;
  double top = 0.0;
};

/// How an environment is drawn from its physical state (spec().state_names).
struct Drawing {
  Window window = {};                 ///< around the origin if it follows
  bool follows = false;               ///< the window moves along x with the body
  std::optional<double> ground = {};  ///< height of a floor with a mark at every metre
  std::vector<Stroke> scenery = {};   ///< the same in every frame
  std::function<std::vector<Stroke>(std::span<const double> state)> strokes = {};
  std::function<double(std::span<const double> state)> centre_x = {};  ///< if it follows
  /// The state behind an observation, for drawing what a model imagines: null where observations
  /// do not show enough. `before` is the state one step earlier, for what only velocities tell.
  std::function<std::vector<double>(std::span<const double> obs, std::span<const double> before)>
      state_of = {};
};

/// Of the environment that env.name in `config` names: one of classic control or MuJoCo; nothing
/// for any other.
std::optional<Drawing> FindDrawing(const std::string& name, Config& config);

/// Of classic control alone.
std::optional<Drawing> ClassicDrawing(const std::string& name);

}  // namespace dyna::cli
