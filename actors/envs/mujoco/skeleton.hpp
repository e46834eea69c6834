#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "common/config/config.hpp"

// Needs no header of MuJoCo: every build has it.
namespace dyna::envs {

/// A geom of a model as a rod with round ends; a ball where both ends are one.
struct Rod {
  std::array<double, 3> from = {};  ///< [m], world
  std::array<double, 3> to = {};
  double radius = 0.0;
};

/// What a MuJoCo environment looks like, as rods.
struct Skeleton {
  std::size_t positions = 0;  ///< qpos: the first so many of the physical state
  std::size_t velocities = 0;
  double step_s = 0.0;  ///< of the environment
  std::function<std::vector<Rod>(std::span<const double> qpos)> rods = {};
};

/// Of one of MujocoNames(). Floors and what is fully transparent are left out; a box is the rod
/// along its longest side. ConfigError in a build without MuJoCo.
Skeleton MakeSkeleton(const std::string& name, Config& config);

}  // namespace dyna::envs
