#include "actors/envs/tabular/taxi.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dyna::envs {
namespace {

constexpr std::int64_t kSize = 5;
constexpr std::int64_t kStands = 4;
constexpr std::int64_t kAboard = kStands;  ///< passenger index of one in the taxi
constexpr std::int64_t kStates = kSize * kSize * (kStands + 1) * kStands;
enum Action : std::int64_t { kSouth, kNorth, kEast, kWest, kPickUp, kDropOff, kActionCount };

using Cell = std::pair<std::int64_t, std::int64_t>;  ///< row, column
constexpr std::array<Cell, kStands> kStandCells = {{{0, 0}, {0, 4}, {4, 0}, {4, 3}}};
/// Cells with a wall on their east side.
constexpr std::array<Cell, 6> kEastWalls = {{{0, 1}, {1, 1}, {3, 0}, {3, 2}, {4, 0}, {4, 2}}};

struct Scene {
  Cell taxi = {};
  std::int64_t passenger = 0;  ///< a stand, or kAboard
  std::int64_t destination = 0;

  static Scene Decode(std::int64_t state) {
    const std::int64_t cell = state / kStands / (kStands + 1);
    return {.taxi = {cell / kSize, cell % kSize},
            .passenger = state / kStands % (kStands + 1),
            .destination = state % kStands};
  }
  std::int64_t Encode() const {
    return ((taxi.first * kSize + taxi.second) * (kStands + 1) + passenger) * kStands + destination;
  }
};

bool WallEastOf(const Cell& cell) {
  return std::find(kEastWalls.begin(), kEastWalls.end(), cell) != kEastWalls.end();
}

Cell Drive(Cell taxi, std::int64_t action) {
  auto& [row, column] = taxi;
  if (action == kSouth) row = std::min(row + 1, kSize - 1);
  if (action == kNorth) row = std::max<std::int64_t>(row - 1, 0);
  if (action == kEast && !WallEastOf(taxi)) column = std::min(column + 1, kSize - 1);
  if (action == kWest && column > 0 && !WallEastOf({row, column - 1})) --column;
  return taxi;
}

/// The stand under the taxi, or kStands.
std::int64_t StandAt(const Cell& taxi) {
  return std::find(kStandCells.begin(), kStandCells.end(), taxi) - kStandCells.begin();
}

Outcome OutcomeOf(std::int64_t state, std::int64_t action) {
  constexpr double kStepReward = -1.0;
  constexpr double kIllegalReward = -10.0;
  constexpr double kDeliveryReward = 20.0;
  Scene scene = Scene::Decode(state);
  const std::int64_t stand = StandAt(scene.taxi);
  double reward = kStepReward;
  bool delivered = false;
  if (action == kPickUp) {
    const bool waiting_here = stand < kStands && scene.passenger == stand;
    if (waiting_here) scene.passenger = kAboard;
    if (!waiting_here) reward = kIllegalReward;
  } else if (action == kDropOff) {
    const bool may_alight = stand < kStands && scene.passenger == kAboard;
    delivered = may_alight && stand == scene.destination;
    if (delivered) reward = kDeliveryReward;
    if (may_alight) scene.passenger = stand;
    if (!may_alight) reward = kIllegalReward;
  } else {
    scene.taxi = Drive(scene.taxi, action);
  }
  return {.next_state = scene.Encode(), .reward = reward, .terminated = delivered};
}

}  // namespace

std::unique_ptr<TabularEnvironment> MakeTaxi(Config& /*config*/) {
  TabularWorld world(kStates, kActionCount);
  std::vector<std::int64_t> starts;
  for (std::int64_t state = 0; state < kStates; ++state) {
    for (std::int64_t action = 0; action < kActionCount; ++action) {
      world.Add(state, action, OutcomeOf(state, action));
    }
    const Scene scene = Scene::Decode(state);
    if (scene.passenger != kAboard && scene.passenger != scene.destination) starts.push_back(state);
  }
  return std::make_unique<TabularEnvironment>(
      TabularEnvironment::Options{
          .name = "Taxi-v3", .max_episode_steps = 200, .reward_threshold = 8.0},
      std::move(world), std::move(starts));
}

}  // namespace dyna::envs
