#include "actors/envs/mujoco/mujoco_environment.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <type_traits>
#include <utility>

#include "actors/envs/mujoco/engine.hpp"
#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna::envs {
namespace {

static_assert(std::is_same_v<mjtNum, double>, "a MuJoCo of single precision");

constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class Integer>
std::size_t Size(Integer n) {
  return static_cast<std::size_t>(n);
}

void AppendNames(const char* prefix, std::size_t count, std::vector<std::string>& names) {
  for (std::size_t i = 0; i < count; ++i) names.push_back(prefix + std::to_string(i));
}

EnvSpec MakeSpec(const MujocoTask& task, const mjModel& model) {
  EnvSpec spec = {.name = std::string(task.name),
                  .observation = Space::Box(std::vector(task.obs_columns, -kInfinity),
                                            std::vector(task.obs_columns, kInfinity)),
                  .max_episode_steps = task.max_episode_steps,
                  .reward_threshold = task.reward_threshold};
  std::vector<double> low;
  std::vector<double> high;
  for (std::size_t i = 0; i < Size(model.nu); ++i) {
    low.push_back(model.actuator_ctrlrange[2 * i]);
    high.push_back(model.actuator_ctrlrange[2 * i + 1]);
  }
  spec.action = Space::Box(std::move(low), std::move(high));
  AppendNames("qpos", Size(model.nq), spec.state_names);
  AppendNames("qvel", Size(model.nv), spec.state_names);
  return spec;
}

mjData* MakeData(const std::string& env_name, const mjModel& model) {
  mjData* data = nullptr;
  Guarded(env_name, [&] { data = mj_makeData(&model); });
  DYNA_CHECK(data != nullptr);
  return data;
}

/// Where MuJoCo keeps the world position of a point.
const double* PointSource(const mjModel& model, const mjData& data, const TrackedPoint& point) {
  const int id = mj_name2id(&model, point.type, point.name);
  DYNA_CHECK_MSG(id >= 0, "the model has no " << point.name);
  const double* positions = point.type == mjOBJ_SITE ? data.site_xpos : data.xpos;
  return positions + 3 * Size(id);
}

/// Copies the next values.size() numbers of `from` and drops them from it.
void Take(std::span<const double>& from, std::span<double> values) {
  std::copy_n(from.begin(), values.size(), values.begin());
  from = from.subspan(values.size());
}

void Append(std::span<const double> values, std::vector<double>& to) {
  to.insert(to.end(), values.begin(), values.end());
}

}  // namespace

MujocoEnvironment::MujocoEnvironment(const MujocoTask& task, std::shared_ptr<const mjModel> model)
    : task_(task),
      model_(std::move(model)),
      data_(MakeData(std::string(task.name), *model_)),
      spec_(MakeSpec(task, *model_)),
      step_s_(model_->opt.timestep * task.frame_skip),
      obs_(task.obs_columns, 0.0),
      qpos_(Size(model_->nq)),
      qvel_(Size(model_->nv)) {
  DYNA_CHECK(model_->na == 0);  // activations would be state
  for (const TrackedPoint& point : task_.points) {
    if (point.name != nullptr) point_sources_.push_back(PointSource(*model_, *data_, point));
  }
  points_.resize(3 * point_sources_.size());
  points_before_ = points_;
}

void MujocoEnvironment::Reset(Rng& rng) {
  std::copy_n(model_->qpos0, qpos_.size(), qpos_.begin());
  std::fill(qvel_.begin(), qvel_.end(), 0.0);
  task_.reset(rng, qpos_, qvel_);
  Begin();
}

void MujocoEnvironment::SetState(std::span<const double> state) {
  DYNA_CHECK(state.size() == qpos_.size() + qvel_.size());
  CheckState(state);
  Take(state, qpos_);
  Take(state, qvel_);
  Begin();
}

void MujocoEnvironment::Begin() {
  Guarded(spec_.name, [this] {
    mj_resetData(model_.get(), data_.get());
    std::copy(qpos_.begin(), qpos_.end(), data_->qpos);
    std::copy(qvel_.begin(), qvel_.end(), data_->qvel);
    mj_normalizeQuat(model_.get(), data_->qpos);  // newer versions no longer do in mj_forward
    mj_forward(model_.get(), data_.get());
  });
  RequireNoWarning();
  Measure();
  Measure();  // before the first step nothing has moved
  task_.observe(Now({}), obs_);
}

StepResult MujocoEnvironment::Step(std::span<const double> action, Rng& /*rng*/) {
  DYNA_CHECK(action.size() == Size(model_->nu));
  std::copy(action.begin(), action.end(), data_->ctrl);
  Guarded(spec_.name, [this] {
    for (int i = 0; i < task_.frame_skip; ++i) mj_step(model_.get(), data_.get());
    mj_rnePostConstraint(model_.get(), data_.get());
  });
  RequireNoWarning();
  Measure();
  const Moment moment = Now(action);
  task_.observe(moment, obs_);
  return {.reward = task_.reward(moment),
          .terminated = task_.terminated != nullptr && task_.terminated(moment)};
}

void MujocoEnvironment::Observe(std::span<double> obs) const {
  DYNA_CHECK(obs.size() == obs_.size());
  std::copy(obs_.begin(), obs_.end(), obs.begin());
}

std::vector<double> MujocoEnvironment::Snapshot() const {
  std::vector<double> snapshot;
  Append({data_->qpos, qpos_.size()}, snapshot);
  Append({data_->qvel, qvel_.size()}, snapshot);
  snapshot.push_back(data_->time);
  Append({data_->qacc_warmstart, qvel_.size()}, snapshot);
  Append(points_, snapshot);
  snapshot.push_back(progress_);
  Append(obs_, snapshot);
  return snapshot;
}

void MujocoEnvironment::Restore(std::span<const double> snapshot) {
  const std::size_t size = qpos_.size() + 2 * qvel_.size() + 1 + points_.size() + 1 + obs_.size();
  if (snapshot.size() != size) {
    throw CheckpointError("snapshot of " + spec_.name + " has " + std::to_string(snapshot.size()) +
                          " values, not " + std::to_string(size));
  }
  Guarded(spec_.name, [this] { mj_resetData(model_.get(), data_.get()); });
  Take(snapshot, {data_->qpos, qpos_.size()});
  Take(snapshot, {data_->qvel, qvel_.size()});
  Take(snapshot, {&data_->time, 1});
  Take(snapshot, {data_->qacc_warmstart, qvel_.size()});
  Take(snapshot, points_);
  Take(snapshot, {&progress_, 1});
  Take(snapshot, obs_);
}

void MujocoEnvironment::CheckState(std::span<const double> state) const {
  const auto huge =
      std::find_if(state.begin(), state.end(), [](double v) { return std::abs(v) > mjMAXVAL; });
  if (huge != state.end()) {
    std::ostringstream message;
    message << "state of " << spec_.name << ": " << spec_.state_names[Size(huge - state.begin())]
            << " = " << *huge << " is not in [-1e10, 1e10]";
    throw EnvironmentError(message.str());
  }
  for (std::size_t joint = 0; joint < Size(model_->njnt); ++joint) {
    if (model_->jnt_type[joint] != mjJNT_FREE) continue;
    const std::size_t first = Size(model_->jnt_qposadr[joint]) + 3;
    const auto quaternion = state.subspan(first, 4);
    if (std::any_of(quaternion.begin(), quaternion.end(),
                    [](double v) { return std::abs(v) > 1e-6; })) {
      continue;
    }
    throw EnvironmentError("state of " + spec_.name + ": qpos" + std::to_string(first) +
                           " to qpos" + std::to_string(first + 3) + " are no quaternion: all zero");
  }
}

void MujocoEnvironment::RequireNoWarning() const {
  for (const mjWarningStat& warning : data_->warning) {
    if (warning.number > 0) ThrowEngineError(spec_.name);
  }
}

void MujocoEnvironment::Measure() {
  std::swap(points_, points_before_);
  for (std::size_t i = 0; i < point_sources_.size(); ++i) {
    std::copy_n(point_sources_[i], 3, points_.begin() + static_cast<std::ptrdiff_t>(3 * i));
  }
  progress_before_ = progress_;
  if (task_.progress != nullptr) progress_ = task_.progress(*model_, *data_);
}

Moment MujocoEnvironment::Now(std::span<const double> action) const {
  return {.model = *model_,
          .data = *data_,
          .action = action,
          .step_s = step_s_,
          .points = points_,
          .points_before = points_before_,
          .progress = progress_,
          .progress_before = progress_before_};
}

}  // namespace dyna::envs
