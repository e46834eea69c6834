#include <cmath>

#include "cli/render/drawing.hpp"

namespace dyna::cli {
namespace {

using Point = std::array<double, 2>;
using State = std::span<const double>;

std::vector<double> ObservationIsState(State obs, State /*before*/) {
  return {obs.begin(), obs.end()};
}

/// theta is measured from upright, anticlockwise; the rod is 1 m long.
Drawing Pendulum() {
  return {.window = {-1.4, 1.4, -1.4, 1.4},
          .scenery = {{Ink::kScenery, 0.16, {{0.0, 0.0}}}},
          .strokes =
              [](State state) {
                const Point end = {-std::sin(state[0]), std::cos(state[0])};
                return std::vector<Stroke>{{Ink::kLimb, 0.14, {{0.0, 0.0}, end}},
                                           {Ink::kMark, 0.06, {{0.0, 0.0}}}};
              },
          .state_of =
              [](State obs, State /*before*/) {
                return std::vector<double>{std::atan2(obs[1], obs[0]), obs[2]};
              }};
}

/// theta is measured from upright, clockwise; the pole is 1 m long.
Drawing CartPole() {
  return {.window = {-2.6, 2.6, -0.5, 1.5},
          .scenery = {{Ink::kScenery, 0.03, {{-2.4, 0.0}, {2.4, 0.0}}}},
          .strokes =
              [](State state) {
                const double x = state[0];
                const Point tip = {x + std::sin(state[2]), std::cos(state[2])};
                return std::vector<Stroke>{{Ink::kBody, 0.24, {{x - 0.18, 0.0}, {x + 0.18, 0.0}}},
                                           {Ink::kLimb, 0.09, {{x, 0.0}, tip}},
                                           {Ink::kMark, 0.05, {{x, 0.0}}}};
              },
          .state_of = ObservationIsState};
}

/// theta1 from hanging down, theta2 from the first link, both anticlockwise; links of 1 m.
Drawing Acrobot() {
  return {.window = {-2.3, 2.3, -2.3, 2.3},
          .scenery = {{Ink::kScenery, 0.02, {{-2.2, 1.0}, {2.2, 1.0}}}},  // to be swung above
          .strokes =
              [](State state) {
                const Point elbow = {std::sin(state[0]), -std::cos(state[0])};
                const double angle = state[0] + state[1];
                const Point hand = {elbow[0] + std::sin(angle), elbow[1] - std::cos(angle)};
                return std::vector<Stroke>{{Ink::kBody, 0.16, {{0.0, 0.0}, elbow}},
                                           {Ink::kLimb, 0.16, {elbow, hand}},
                                           {Ink::kMark, 0.07, {{0.0, 0.0}}},
                                           {Ink::kMark, 0.07, {elbow}}};
              },
          .state_of =
              [](State obs, State /*before*/) {
                return std::vector<double>{std::atan2(obs[1], obs[0]), std::atan2(obs[3], obs[2]),
                                           obs[4], obs[5]};
              }};
}

/// The track of the mountain car: gravity along it is the slope of sin(3 x) / 3.
double Track(double x) { return std::sin(3.0 * x) / 3.0; }

Drawing MountainCar(double goal) {
  Stroke track{Ink::kScenery, 0.02, {}};
  for (int i = 0; i <= 90; ++i) {
    const double x = -1.2 + 0.02 * i;
    track.points.push_back({x, Track(x)});
  }
  const Stroke flag{
      Ink::kScenery,
      0.015,
      {{goal, Track(goal)}, {goal, Track(goal) + 0.2}, {goal + 0.08, Track(goal) + 0.17}}};
  return {.window = {-1.3, 0.7, -0.5, 0.65},
          .scenery = {track, flag},
          .strokes =
              [](State state) {
                const double slope = std::atan(std::cos(3.0 * state[0]));
                const Point middle = {state[0] - 0.05 * std::sin(slope),
                                      Track(state[0]) + 0.05 * std::cos(slope)};
                const double x = 0.06 * std::cos(slope);
                const double y = 0.06 * std::sin(slope);
                return std::vector<Stroke>{
                    {Ink::kBody,
                     0.07,
                     {{middle[0] - x, middle[1] - y}, {middle[0] + x, middle[1] + y}}}};
              },
          .state_of = ObservationIsState};
}

}  // namespace

std::optional<Drawing> ClassicDrawing(const std::string& name) {
  if (name == "Pendulum-v1") return Pendulum();
  if (name == "Acrobot-v1") return Acrobot();
  if (name == "MountainCar-v0") return MountainCar(0.5);
  if (name == "MountainCarContinuous-v0") return MountainCar(0.45);
  if (name.starts_with("CartPole")) return CartPole();
  return std::nullopt;
}

}  // namespace dyna::cli
