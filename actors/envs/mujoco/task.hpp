#pragma once

#include <mujoco/mujoco.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/core/rng.hpp"

namespace dyna::envs {

/// A body or site whose world position a task reads; `type` is mjOBJ_BODY or mjOBJ_SITE.
struct TrackedPoint {
  mjtObj type = mjOBJ_UNKNOWN;
  const char* name = nullptr;
};

/// The end of a step (or of a reset), as a task's formulas see it.
///
/// qpos and qvel are new. Everything else of `data` (xpos, xipos, cinert, cvel, qfrc_*, cfrc_ext)
/// and hence `points` is what MuJoCo's last forward pass left, one substep behind: Gymnasium reads
/// it so, and so do its published returns.
struct Moment {
  const mjModel& model;
  const mjData& data;
  std::span<const double> action;         ///< [A] as given, not clamped; empty after a reset
  double step_s = 0.0;                    ///< time step of the environment
  std::span<const double> points;         ///< [P,3] world positions of the task's points
  std::span<const double> points_before;  ///< [P,3] the same at the end of the step before
  double progress = 0.0;                  ///< what the task calls progress [m]
  double progress_before = 0.0;

  std::span<const double> qpos() const noexcept {
    return {data.qpos, static_cast<std::size_t>(model.nq)};
  }
  std::span<const double> qvel() const noexcept {
    return {data.qvel, static_cast<std::size_t>(model.nv)};
  }
  /// [N * 6]: per body torque, then force; the world is body 0.
  std::span<const double> contact_forces() const noexcept {
    return {data.cfrc_ext, static_cast<std::size_t>(model.nbody) * 6};
  }
  /// 0 after a reset.
  double velocity() const noexcept { return (progress - progress_before) / step_s; }
};

/// One environment as data: MujocoEnvironment does the rest. Actions are the actuators' controls,
/// their bounds the model's ctrlrange; the state is qpos, then qvel.
struct MujocoTask {
  std::string_view name = {};
  std::string_view model = {};               ///< stem of a file in models/
  void (*adjust)(mjModel& model) = nullptr;  ///< a change to it, once, before anyone uses it
  int frame_skip = 1;                        ///< mj_step calls per step
  std::int64_t max_episode_steps = 1000;
  std::optional<double> reward_threshold = {};
  std::size_t obs_columns = 0;
  std::array<TrackedPoint, 3> points = {};  ///< as many as have a name
  double (*progress)(const mjModel& model, const mjData& data) = nullptr;  ///< null: always 0

  /// Draws a start state; qpos comes in as the model's qpos0 and qvel as zeros.
  void (*reset)(Rng& rng, std::span<double> qpos, std::span<double> qvel) = nullptr;
  void (*observe)(const Moment& moment, std::span<double> obs) = nullptr;
  double (*reward)(const Moment& moment) = nullptr;
  bool (*terminated)(const Moment& moment) = nullptr;  ///< null: never
};

}  // namespace dyna::envs
