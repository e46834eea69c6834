#pragma once

#include <mujoco/mujoco.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "actors/envs/environment.hpp"
#include "actors/envs/mujoco/task.hpp"

namespace dyna::envs {

/// Any MujocoTask as an Environment, with Gymnasium -v4 semantics: the action is written to the
/// controls as it is (MuJoCo clamps a copy of it), the simulation advances frame_skip times, and
/// contact forces are then computed once.
///
/// The model is shared and const; one mjData per instance. Step does not allocate. A simulation
/// that MuJoCo warns about (unstable, full buffers) throws EnvironmentError, and only Reset,
/// SetState and Restore are meaningful after it.
class MujocoEnvironment final : public Environment {
 public:
  /// `task` must outlive the environment.
  MujocoEnvironment(const MujocoTask& task, std::shared_ptr<const mjModel> model);

  const EnvSpec& spec() const noexcept override { return spec_; }
  void Reset(Rng& rng) override;
  StepResult Step(std::span<const double> action, Rng& rng) override;
  void Observe(std::span<double> obs) const override;
  /// As after a reset to that state: no warm start, contact forces zero, quaternions normalised.
  void SetState(std::span<const double> state) override;
  /// [qpos, qvel, time, qacc_warmstart, points, progress, obs]: what the next step and Observe
  /// need. MuJoCo computes the rest anew.
  std::vector<double> Snapshot() const override;
  void Restore(std::span<const double> snapshot) override;

 private:
  struct DataDeleter {
    void operator()(mjData* data) const noexcept { mj_deleteData(data); }
  };

  /// Begins at qpos_, qvel_.
  void Begin();
  /// Refuses a state that MuJoCo would replace by another one.
  void CheckState(std::span<const double> state) const;
  void RequireNoWarning() const;
  /// Reads points and progress; those read before become the ones before.
  void Measure();
  Moment Now(std::span<const double> action) const;

  const MujocoTask& task_;
  std::shared_ptr<const mjModel> model_;
  std::unique_ptr<mjData, DataDeleter> data_;
  EnvSpec spec_;
  double step_s_;
  std::vector<const double*> point_sources_;  ///< into data_, [3] each
  std::vector<double> points_;                ///< [P,3]
  std::vector<double> points_before_;
  double progress_ = 0.0;
  double progress_before_ = 0.0;
  std::vector<double> obs_;
  std::vector<double> qpos_;  ///< scratch: a start state
  std::vector<double> qvel_;
};

}  // namespace dyna::envs
