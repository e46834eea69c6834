#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/core/state_dict.hpp"
#include "model_server/dynamics/model_options.hpp"
#include "model_server/dynamics/train_report.hpp"

namespace dyna::dynamics {

class Dataset;

/// A distribution over what follows. Axes: E member, B row, D = ModelShape::targets().
struct Forecast {
  at::Tensor mean = {};         ///< [E,B,D] or [B,D] float32: reward if learned, then s' - s
  at::Tensor variance = {};     ///< same shape: noise of the environment; 0 if not modelled
  at::Tensor termination = {};  ///< [E,B] or [B] probability; undefined unless learned
};

/// What is written or read by Save and Load.
enum class SaveScope : std::uint8_t {
  kPredict,   ///< enough to predict: what is published
  kContinue,  ///< and to go on training bit for bit: what is checkpointed
};

/// Learns s, a -> r, s' and predicts it in batches. Single-threaded (a leaf may use torch's
/// threads inside a call). Inputs are made by EncodeInput.
class DynamicsModel {
 public:
  virtual ~DynamicsModel() = default;
  /// Hypotheses held; 1 for a model without members.
  virtual std::int64_t members() const = 0;
  /// Members that may be sampled from, best first.
  virtual const std::vector<std::int64_t>& elites() const = 0;
  /// Every member's forecast [E,B,D] for inputs [B,I] float32.
  virtual Forecast Predict(const at::Tensor& inputs) const = 0;
  /// Row i's forecast [B,D] by member `members[i]` alone: B forward rows, not E*B.
  virtual Forecast PredictRows(const at::Tensor& inputs,
                               std::span<const std::int64_t> members) const = 0;
  /// As PredictRows, but differentiable: autograd follows it from outputs back to `inputs`. The
  /// model's own parameters get no gradient; its weights must stay as they are until the backward
  /// pass is done. `members` [B] int64, in any order.
  virtual Forecast PredictRowsWithGraph(const at::Tensor& inputs,
                                        const at::Tensor& members) const = 0;
  /// Fits all of `data`, going on from the present weights and optimiser state.
  virtual TrainReport Train(const Dataset& data) = 0;
  virtual void Save(StateDict& state, SaveScope scope) const = 0;
  /// CheckpointError when an entry is missing or of another shape.
  virtual void Load(const StateDict& state, SaveScope scope) = 0;
};

/// The leaf named `options.kind`; ConfigError when there is none.
std::unique_ptr<DynamicsModel> MakeDynamicsModel(const ModelOptions& options);

}  // namespace dyna::dynamics
