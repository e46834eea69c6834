#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace dyna::learner {

/// One step of B rows in a model.
struct WorldStep {
  at::Tensor next_obs = {};    ///< [B,O] float32, raw
  at::Tensor reward = {};      ///< [B] float32
  at::Tensor terminated = {};  ///< [B] bool, without gradient
};

/// What an algorithm needs of a dynamics model that it rolls, and differentiates, itself. Whoever
/// composes the roles adapts the model server's model to it. Single-threaded.
class WorldModel {
 public:
  virtual ~WorldModel() = default;
  /// Takes the newest model there is; false while there is none.
  virtual bool Refresh() = 0;
  /// Members that may be drawn, at least one.
  virtual const std::vector<std::int64_t>& members() const = 0;
  /// s' = s + mean + std * noise and the mean reward, differentiable by obs and action. A row whose
  /// prediction is not finite comes back where it was, terminated and without reward.
  ///   obs      [B,O]  float32, raw
  ///   action   [B,A]  float32, environment units
  ///   members  [B]    int64: which member predicts the row
  ///   noise    [B,O]  float32, standard normal
  virtual WorldStep Step(const at::Tensor& obs, const at::Tensor& action, const at::Tensor& members,
                         const at::Tensor& noise) const = 0;
};

}  // namespace dyna::learner
