#include "tests/layering/include_rules.hpp"

namespace dyna::layering {

// Lowest layer first. A folder sees itself and what its line lists, nothing else.
// A new folder needs a line; a line that allows more than its folder needs is a defect.
const Rules& TreeRules() {
  static const std::vector<std::string> kTorch = {"torch/", "ATen/", "c10/"};
  static const Rules kRules = {
      // common never looks up.
      {.folder = "common/core"},
      {.folder = "common/config", .folders = {"common/core"}, .libraries = {"toml++/"}},
      {.folder = "common/rules", .folders = {"common/core"}},
      {.folder = "common/nn", .folders = {"common/core"}},
      {.folder = "common/nn/torch",
       .folders = {"common/core", "common/nn"},
       .libraries = {"torch/", "ATen/", "c10/", "dlfcn.h"}},
      {.folder = "common/ports", .folders = {"common/core"}},
      {.folder = "common/checkpoint",
       .folders = {"common/core"},
       .libraries = {"fcntl.h", "unistd.h", "sys/"}},
      {.folder = "common/telemetry",
       .folders = {"common/core", "common/config"},
       .libraries = {"spdlog/", "prometheus/", "httplib.h", "arpa/",
                     "sys/", "unistd.h"}},
      {.folder = "common/wire",
       .folders = {"common/core", "common/ports"},
       .libraries = {"cereal/"}},
      {.folder = "common/net",
       .folders = {"common/core", "common/config", "common/wire"},
       .libraries = {"zmq.h", "netdb.h", "sys/"}},

      {.folder = "common/run",
       .folders = {"common/core", "common/config", "common/checkpoint"}},
      {.folder = "common/ports/remote",
       .folders = {"common/core", "common/ports", "common/wire", "common/net",
                   "common/checkpoint"}},
      {.folder = "common/service",
       .folders = {"common/core", "common/config", "common/net", "common/ports",
                   "common/ports/remote", "common/run", "common/telemetry", "common/wire"},
       .libraries = {"CLI/", "unistd.h"}},

      // Roles: common and themselves, never each other.
      {.folder = "replay", .folders = {"common/core", "common/config", "common/ports"}},
      {.folder = "actors",
       .folders = {"actors/envs", "common/core", "common/config", "common/nn", "common/ports"}},
      {.folder = "actors/envs",
       .folders = {"actors/envs/classic", "actors/envs/mujoco", "actors/envs/tabular",
                   "common/core", "common/config"}},
      {.folder = "actors/envs/classic",
       .folders = {"actors/envs", "common/core", "common/config", "common/rules"},
       .leaves = {"acrobot", "cart_pole", "cart_pole_continuous", "mountain_car",
                  "mountain_car_continuous", "pendulum"}},
      {.folder = "actors/envs/mujoco",
       .folders = {"actors/envs", "common/core", "common/config", "common/rules"},
       .libraries = {"mujoco/"},
       .leaves = {"ant", "half_cheetah", "hopper", "humanoid", "inverted_double_pendulum",
                  "inverted_pendulum", "pets_cartpole", "pets_reacher3d", "pusher", "reacher",
                  "swimmer", "walker2d"},
       .registry_also = {"model_store", "mujoco_environment", "tasks"}},
      {.folder = "actors/envs/tabular",
       .folders = {"actors/envs", "common/core", "common/config"},
       .leaves = {"blocking_maze", "cliff_walking", "dyna_maze", "frozen_lake", "shortcut_maze",
                  "taxi"}},
      {.folder = "model_server",
       .folders = {"model_server/*", "common/core", "common/config", "common/nn", "common/ports"},
       .libraries = kTorch},
      {.folder = "model_server/dynamics",
       .folders = {"common/core", "common/config", "common/nn", "common/nn/torch", "common/rules"},
       .libraries = kTorch,
       .leaves = {"deterministic_ensemble", "probabilistic_ensemble"},
       .registry_also = {"dynamics_model", "kinds"}},
      {.folder = "model_server/imagination",
       .folders = {"model_server/dynamics", "common/core", "common/config", "common/nn",
                   "common/nn/torch", "common/ports", "common/rules"},
       .libraries = kTorch},
      {.folder = "learner",
       .folders = {"learner/algorithms", "learner/pacing", "common/core", "common/config",
                   "common/nn", "common/ports"}},
      {.folder = "learner/pacing", .folders = {"common/core", "common/config", "common/ports"}},
      {.folder = "learner/algorithms",
       .folders = {"learner/algorithms/tabular", "common/core", "common/config", "common/nn",
                   "common/nn/torch", "common/ports"},
       .libraries = kTorch,
       .leaves = {"dqn", "sac"}},
      {.folder = "learner/algorithms/tabular",
       .folders = {"learner/algorithms", "common/core", "common/config", "common/nn",
                   "common/ports"}},

      // The one place that composes several roles.
      {.folder = "cli",
       .folders = {"cli/train", "common/*", "actors", "actors/envs"},
       .libraries = {"CLI/", "malloc.h"}},
      {.folder = "cli/train",
       .folders = {"cli", "common/*", "replay", "actors", "actors/envs", "model_server",
                   "model_server/dynamics", "model_server/imagination", "learner",
                   "learner/algorithms"}},
  };
  return kRules;
}

}  // namespace dyna::layering
