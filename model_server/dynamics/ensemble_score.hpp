#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "model_server/dynamics/ensemble.hpp"
#include "model_server/dynamics/ensemble_optimizer.hpp"

namespace dyna::dynamics {

/// Means of all members [E,B,D] for a batch as nets read it, in the targets' units. No dropout.
at::Tensor MemberMeans(const Ensemble& ensemble, const at::Tensor& inputs);

/// Score of each row of a batch [B], lower is better: the negative log-density of the Gaussian that
/// has the moments of the ensemble, without its constant,
///   sum_d e^2 / (2 v) + ln(v) / 2,  e = y - mean of the members' means,
///   v = their unbiased variance + exp(2 * mean of the members' log-stds).
/// For heads whose own parameters are log-stds.
///   means  [E,B,D]
std::vector<double> RowScores(const Ensemble& ensemble, const at::Tensor& means,
                              const at::Tensor& targets);

/// Mean squared error of each member [E].
std::vector<double> MemberErrors(const at::Tensor& means, const at::Tensor& targets);

}  // namespace dyna::dynamics
