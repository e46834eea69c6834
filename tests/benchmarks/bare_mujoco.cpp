#include <mujoco/mujoco.h>

#include <algorithm>

#include "actors/envs/mujoco/model_store.hpp"
#include "actors/envs/mujoco/registry.hpp"
#include "actors/envs/mujoco/tasks.hpp"
#include "tests/benchmarks/bare_simulation.hpp"

namespace dyna::envs {
namespace {

class BareMujoco final : public BareSimulation {
 public:
  explicit BareMujoco(const MujocoTask& task)
      : model_(SharedModel(task.model, task.adjust)),
        data_(mj_makeData(model_.get()), mj_deleteData),
        frame_skip_(task.frame_skip) {}

  void Begin(std::span<const double> snapshot) override {
    mj_resetData(model_.get(), data_.get());
    std::copy_n(snapshot.begin(), model_->nq, data_->qpos);
    std::copy_n(snapshot.begin() + model_->nq, model_->nv, data_->qvel);
    mj_forward(model_.get(), data_.get());
  }

  void Step(std::span<const double> action) override {
    std::copy(action.begin(), action.end(), data_->ctrl);
    for (int i = 0; i < frame_skip_; ++i) mj_step(model_.get(), data_.get());
    mj_rnePostConstraint(model_.get(), data_.get());
  }

 private:
  std::shared_ptr<const mjModel> model_;
  std::unique_ptr<mjData, void (*)(mjData*)> data_;
  int frame_skip_;
};

}  // namespace

std::unique_ptr<BareSimulation> BareSimulation::Make(const std::string& env_name) {
  if (!std::ranges::binary_search(MujocoNames(), env_name)) return nullptr;
  Config config;
  return std::make_unique<BareMujoco>(FindMujocoTask(env_name, config));
}

}  // namespace dyna::envs
