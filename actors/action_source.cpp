#include "actors/action_source.hpp"

#include <cmath>

#include "common/core/error.hpp"

namespace dyna::actors {

UniformActions::UniformActions(const EnvSpec& spec) : space_(spec.action) {
  for (std::size_t i = 0; i < space_.low.size(); ++i) {
    if (std::isinf(space_.low[i]) || std::isinf(space_.high[i])) {
      throw ConfigError("env.name = \"" + spec.name + "\" has unbounded actions " +
                        space_.ToString() +
                        ", so none can be drawn uniformly: " + "actor.random_steps must be 0");
    }
  }
}

RowMatrix UniformActions::Act(const RowMatrix& obs, Rng& rng) {
  RowMatrix actions(obs.rows(), space_.columns());
  for (Eigen::Index i = 0; i < actions.rows(); ++i) {
    for (Eigen::Index j = 0; j < actions.cols(); ++j) {
      const auto k = static_cast<std::size_t>(j);
      actions(i, j) = static_cast<float>(
          space_.discrete() ? static_cast<double>(rng.Below(static_cast<std::uint64_t>(space_.n)))
                            : rng.Uniform(space_.low[k], space_.high[k]));
    }
  }
  return actions;
}

}  // namespace dyna::actors
