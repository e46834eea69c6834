#include <torch/torch.h>

#include <array>
#include <string>

#include "common/core/error.hpp"
#include "model_server/dynamics/deterministic_ensemble.hpp"
#include "model_server/dynamics/dynamics_model.hpp"
#include "model_server/dynamics/kinds.hpp"
#include "model_server/dynamics/layer_norm_ensemble.hpp"
#include "model_server/dynamics/probabilistic_ensemble.hpp"

namespace dyna::dynamics {
namespace {

struct Entry {
  const char* kind;
  std::unique_ptr<DynamicsModel> (*make)(const ModelOptions& options);
};

constexpr std::array kTable = {
    Entry{kProbabilisticEnsemble, MakeProbabilisticEnsemble},
    Entry{kDeterministicEnsemble, MakeDeterministicEnsemble},
    Entry{kLayerNormEnsemble, MakeLayerNormEnsemble},
};

}  // namespace

std::unique_ptr<DynamicsModel> MakeDynamicsModel(const ModelOptions& options) {
  for (const Entry& entry : kTable) {
    if (options.kind == entry.kind) return entry.make(options);
  }
  throw ConfigError("model.kind = \"" + options.kind + "\" is not a dynamics model");
}

}  // namespace dyna::dynamics
