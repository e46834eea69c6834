#include <algorithm>
#include <map>

#include "actors/envs/mujoco/registry.hpp"
#include "actors/envs/mujoco/skeleton.hpp"
#include "cli/render/drawing.hpp"

namespace dyna::cli {
namespace {

using State = std::span<const double>;

enum class Camera : std::uint8_t { kSide, kTop };

struct View {
  Camera camera = Camera::kSide;
  bool follows = false;
  Window window = {};
  /// Observations are qpos without its first so many, then qvel; negative: they are not.
  int hidden = -1;
};

const std::map<std::string, View>& Views() {
  constexpr Window kWalker = {-1.7, 1.7, -0.3, 2.1};
  constexpr Window kTable = {-0.5, 1.0, -0.9, 0.6};
  static const std::map<std::string, View> kViews = {
      {"Ant-v4", {Camera::kSide, true, {-2.4, 2.4, -0.4, 2.0}, 2}},
      {"AntTruncatedObs", {Camera::kSide, true, {-2.4, 2.4, -0.4, 2.0}, 2}},
      {"HalfCheetah-v4", {Camera::kSide, true, {-1.8, 1.8, -0.3, 1.8}, 1}},
      {"Hopper-v4", {Camera::kSide, true, kWalker, 1}},
      {"Humanoid-v4", {Camera::kSide, true, kWalker, 2}},
      {"HumanoidTruncatedObs", {Camera::kSide, true, kWalker, 2}},
      {"InvertedDoublePendulum-v4", {Camera::kSide, false, {-1.6, 1.6, -0.5, 1.5}, -1}},
      {"InvertedPendulum-v4", {Camera::kSide, false, {-1.3, 1.3, -0.8, 0.9}, 0}},
      {"PetsCartPole", {Camera::kSide, false, {-3.1, 3.1, -1.0, 1.0}, 0}},
      {"PetsHalfCheetah", {Camera::kSide, true, {-1.8, 1.8, -0.3, 1.8}, -1}},
      {"PetsPusher", {Camera::kTop, false, kTable, -1}},
      {"PetsReacher3D", {Camera::kSide, false, {-1.3, 1.3, -1.0, 1.0}, -1}},
      {"Pusher-v4", {Camera::kTop, false, kTable, -1}},
      {"Reacher-v4", {Camera::kTop, false, {-0.33, 0.33, -0.33, 0.33}, -1}},
      {"Swimmer-v4", {Camera::kTop, true, {-2.2, 2.2, -1.6, 1.6}, 2}},
      {"Walker2d-v4", {Camera::kSide, true, kWalker, 1}},
  };
  return kViews;
}

std::vector<Stroke> Project(std::vector<envs::Rod> rods, Camera camera) {
  const std::size_t up = camera == Camera::kSide ? 2 : 1;
  const std::size_t depth = 3 - up;
  // The side view looks along +y, the top view down on -z: the nearest is drawn last.
  const double sign = camera == Camera::kSide ? -1.0 : 1.0;
  std::stable_sort(rods.begin(), rods.end(), [&](const auto& a, const auto& b) {
    return sign * (a.from[depth] + a.to[depth]) < sign * (b.from[depth] + b.to[depth]);
  });
  double middle = 0.0;
  for (const auto& rod : rods) middle += rod.from[depth] + rod.to[depth];
  middle /= static_cast<double>(rods.size());
  std::vector<Stroke> strokes;
  for (const auto& rod : rods) {
    // Limbs of the two sides are told apart where one hides the other.
    const bool far = camera == Camera::kSide && rod.from[depth] + rod.to[depth] > middle + 1e-6;
    strokes.push_back({far ? Ink::kLimb : Ink::kBody,
                       2.0 * rod.radius,
                       {{rod.from[0], rod.from[up]}, {rod.to[0], rod.to[up]}}});
  }
  return strokes;
}

Drawing MujocoDrawing(const View& view, const envs::Skeleton& skeleton) {
  Drawing drawing{.window = view.window, .follows = view.follows};
  if (view.follows) {
    if (view.camera == Camera::kSide) drawing.ground = 0.0;
    drawing.centre_x = [](State state) { return state[0]; };
  }
  drawing.strokes = [skeleton, camera = view.camera](State state) {
    return Project(skeleton.rods(state.first(skeleton.positions)), camera);
  };
  if (view.hidden < 0) return drawing;
  drawing.state_of = [skeleton, hidden = static_cast<std::size_t>(view.hidden)](State obs,
                                                                                State before) {
    const std::size_t shown = skeleton.positions - hidden;
    std::vector<double> state(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(hidden));
    state.insert(state.end(), obs.begin(),
                 obs.begin() + static_cast<std::ptrdiff_t>(shown + skeleton.velocities));
    // Where it is on the plane is not observed: its velocity there is.
    for (std::size_t i = 0; i < hidden; ++i) {
      state[i] += skeleton.step_s * state[skeleton.positions + i];
    }
    return state;
  };
  return drawing;
}

}  // namespace

std::optional<Drawing> FindDrawing(const std::string& name, Config& config) {
  if (auto classic = ClassicDrawing(name)) return classic;
  const auto view = Views().find(name);
  if (view == Views().end()) return std::nullopt;
  return MujocoDrawing(view->second, envs::MakeSkeleton(name, config));
}

}  // namespace dyna::cli
