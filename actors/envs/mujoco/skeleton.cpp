#include "actors/envs/mujoco/skeleton.hpp"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <memory>

#include "actors/envs/mujoco/engine.hpp"
#include "actors/envs/mujoco/model_store.hpp"
#include "actors/envs/mujoco/tasks.hpp"
#include "common/core/check.hpp"

namespace dyna::envs {
namespace {

struct DataDeleter {
  void operator()(mjData* data) const noexcept { mj_deleteData(data); }
};

bool IsDrawn(const mjModel& model, std::size_t geom) {
  return model.geom_type[geom] != mjGEOM_PLANE && model.geom_rgba[4 * geom + 3] > 0.0f;
}

/// Half the length of the straight part, the radius, and which of the geom's axes it lies along.
struct Extent {
  double half = 0.0;
  double radius = 0.0;
  std::size_t axis = 2;
};

Extent ExtentOf(const mjModel& model, std::size_t geom) {
  const double* size = model.geom_size + 3 * geom;
  switch (model.geom_type[geom]) {
    case mjGEOM_CAPSULE:
    case mjGEOM_CYLINDER:
      return {.half = size[1], .radius = size[0]};
    case mjGEOM_BOX:
    case mjGEOM_ELLIPSOID: {
      const auto axis = static_cast<std::size_t>(std::max_element(size, size + 3) - size);
      const double radius = std::max(size[(axis + 1) % 3], size[(axis + 2) % 3]);
      return {.half = size[axis] - radius, .radius = radius, .axis = axis};
    }
    default:
      return {.radius = size[0]};
  }
}

Rod RodOf(const mjModel& model, const mjData& data, std::size_t geom) {
  const Extent extent = ExtentOf(model, geom);
  Rod rod{.radius = extent.radius};
  for (std::size_t i = 0; i < 3; ++i) {
    const double along = extent.half * data.geom_xmat[9 * geom + 3 * i + extent.axis];
    rod.from[i] = data.geom_xpos[3 * geom + i] - along;
    rod.to[i] = data.geom_xpos[3 * geom + i] + along;
  }
  return rod;
}

}  // namespace

Skeleton MakeSkeleton(const std::string& name, Config& config) {
  const MujocoTask& task = FindMujocoTask(name, config);
  const auto model = SharedModel(task.model, task.adjust);
  mjData* made = nullptr;
  Guarded(name, [&] { made = mj_makeData(model.get()); });
  DYNA_CHECK(made != nullptr);
  const std::shared_ptr<mjData> data(made, DataDeleter{});
  const auto positions = static_cast<std::size_t>(model->nq);
  return {.positions = positions,
          .velocities = static_cast<std::size_t>(model->nv),
          .step_s = model->opt.timestep * task.frame_skip,
          .rods = [name, model, data, positions](std::span<const double> qpos) {
            DYNA_CHECK(qpos.size() == positions);
            std::copy(qpos.begin(), qpos.end(), data->qpos);
            Guarded(name, [&] {
              mj_normalizeQuat(model.get(), data->qpos);
              mj_kinematics(model.get(), data.get());
            });
            std::vector<Rod> rods;
            for (std::size_t geom = 0; geom < static_cast<std::size_t>(model->ngeom); ++geom) {
              if (IsDrawn(*model, geom)) rods.push_back(RodOf(*model, *data, geom));
            }
            return rods;
          }};
}

}  // namespace dyna::envs
