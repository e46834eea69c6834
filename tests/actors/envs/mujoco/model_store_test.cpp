#include "actors/envs/mujoco/model_store.hpp"

#include <gtest/gtest.h>

#include "actors/envs/mujoco/embedded_models.hpp"
#include "common/core/error.hpp"

namespace dyna::envs {
namespace {

double TimeStep(const mjModel& model) { return model.opt.timestep; }

TEST(ModelStoreTest, EveryEmbeddedModelCompiles) {
  EXPECT_GE(EmbeddedModels().size(), 12U);
  for (const EmbeddedModel& model : EmbeddedModels()) {
    SCOPED_TRACE(model.name);
    EXPECT_GT(SharedModel(model.name)->nu, 0);
  }
}

TEST(ModelStoreTest, AModelIsLoadedOnce) {
  EXPECT_EQ(SharedModel("hopper"), SharedModel("hopper"));
  EXPECT_NE(SharedModel("hopper"), SharedModel("walker2d"));
}

TEST(ModelStoreTest, AChangedModelIsAnother) {
  const ModelChange slower = [](mjModel& model) { model.opt.timestep *= 2.0; };
  const auto changed = SharedModel("hopper", slower);
  EXPECT_EQ(changed, SharedModel("hopper", slower));
  EXPECT_EQ(TimeStep(*changed), 2.0 * TimeStep(*SharedModel("hopper")));
}

TEST(ModelStoreTest, ABadModelIsRefusedByName) {
  for (const char* text : {"<mujoco><worldbody><body/>", "not XML", "<mujoco><geom/></mujoco>"}) {
    SCOPED_TRACE(text);
    try {
      CompileModel("robot", text);
      ADD_FAILURE() << "accepted";
    } catch (const EnvironmentError& error) {
      EXPECT_NE(std::string(error.what()).find("environment robot: MuJoCo"), std::string::npos)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace dyna::envs
