// The models themselves, by MuJoCo's own functions: single steps with contacts and active limits,
// recorded with the published model files in MuJoCo 2.2.2.
#include <gtest/gtest.h>
#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>

#include "actors/envs/mujoco/model_store.hpp"
#include "actors/envs/mujoco/registry.hpp"
#include "actors/envs/mujoco/tasks.hpp"
#include "tests/actors/envs/mujoco/golden_trajectory.hpp"

namespace dyna::envs {
namespace {

struct Case {
  std::string env;
  std::string stem;
  /// The cylinder's contacts come from an iterative collider with this tolerance; it has none while
  /// there are only the table's three.
  double contact_tolerance = 1e-9;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.stem; }

const Case kCases[] = {{"Ant-v4", "ant"},
                       {"HalfCheetah-v4", "half_cheetah"},
                       {"Hopper-v4", "hopper"},
                       {"Humanoid-v4", "humanoid"},
                       {"InvertedDoublePendulum-v4", "inverted_double_pendulum"},
                       {"InvertedPendulum-v4", "inverted_pendulum"},
                       {"PetsCartPole", "pets_cartpole"},
                       {"PetsPusher", "pets_pusher", 1e-6},
                       {"PetsReacher3D", "pets_reacher3d"},
                       {"Pusher-v4", "pusher", 1e-6},
                       {"Reacher-v4", "reacher"},
                       {"Swimmer-v4", "swimmer"},
                       {"Walker2d-v4", "walker2d"}};

class GoldenModelTest : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (mj_version() != 222) GTEST_SKIP() << "golden data is of MuJoCo 2.2.2";
  }

  /// Compares `values` with the columns PREFIX0, ... where the table has them.
  void ExpectRow(std::size_t row, const std::string& prefix, const double* values,
                 double tolerance) {
    const auto golden = Numbered(golden_, row, prefix);
    for (std::size_t i = 0; i < golden.size(); ++i) {
      const double error = std::abs(values[i] - golden[i]) / std::max(1.0, std::abs(golden[i]));
      worst_ = std::max(worst_, error);
      EXPECT_LE(error, tolerance) << prefix << i << " of row " << row;
    }
  }

  Config config_;
  const MujocoTask& task_ = FindMujocoTask(GetParam().env, config_);
  const std::shared_ptr<const mjModel> model_ = SharedModel(task_.model, task_.adjust);
  const GoldenTable golden_ = GoldenTable::Load(GetParam().stem + "_onestep.csv");
  double worst_ = 0.0;
};

TEST_P(GoldenModelTest, MovesAsThePublishedModel) {
  const std::unique_ptr<mjData, void (*)(mjData*)> data(mj_makeData(model_.get()), mj_deleteData);
  int contacts = 0;
  for (std::size_t row = 0; row < golden_.rows.size() && !HasFailure(); ++row) {
    const auto set = [&](const std::string& prefix, double* values) {
      const auto golden = Numbered(golden_, row, prefix);
      std::copy(golden.begin(), golden.end(), values);
    };
    mj_resetData(model_.get(), data.get());
    set("qpos", data->qpos);
    set("qvel", data->qvel);
    set("ctrl", data->ctrl);
    mj_forward(model_.get(), data.get());
    EXPECT_EQ(data->ncon, golden_.At(row, "ncon"));
    EXPECT_EQ(data->nefc, golden_.At(row, "nefc"));
    contacts += data->ncon;
    const double tolerance = data->ncon > 3 ? GetParam().contact_tolerance : 1e-9;
    ExpectRow(row, "qacc", data->qacc, tolerance);
    for (int i = 0; i < task_.frame_skip; ++i) {
      mj_step(model_.get(), data.get());
      if (i > 0) continue;
      ExpectRow(row, "sub_qpos", data->qpos, tolerance);
      ExpectRow(row, "sub_qvel", data->qvel, tolerance);
    }
    ExpectRow(row, "step_qpos", data->qpos, tolerance);
    ExpectRow(row, "step_qvel", data->qvel, tolerance);
  }
  RecordProperty("contacts", contacts);
  std::ostringstream worst;
  worst << worst_;
  RecordProperty("worst", worst.str());
}

INSTANTIATE_TEST_SUITE_P(Files, GoldenModelTest, testing::ValuesIn(kCases),
                         [](const auto& instance) { return instance.param.stem; });

}  // namespace
}  // namespace dyna::envs
