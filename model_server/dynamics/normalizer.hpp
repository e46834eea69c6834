#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "common/core/state_dict.hpp"

namespace dyna::dynamics {

/// Standardises columns: (x - mean) / std. Statistics in float64 (float32 sums broke published
/// ports on large data); applied in float32. A column whose std is below 1e-12 is only centred,
/// so a constant input never divides by zero.
class Normalizer {
 public:
  /// mean 0, std 1.
  explicit Normalizer(std::int64_t columns);

  /// Mean and population std over the rows `index` [M] int64 of `data` [N,D] float32, M >= 1.
  /// With `std_min` above 0, no std is below it: the other way to treat constant columns.
  void Fit(const at::Tensor& data, const at::Tensor& index, double std_min = 0.0);
  /// Leaves columns [first, D) as they are: mean 0, std 1.
  void Exempt(std::int64_t first);
  /// In place on x [..., D] float32.
  void Apply(at::Tensor& x) const;
  /// Undoes Apply in place.
  void Invert(at::Tensor& x) const;
  /// What Invert would make of x; autograd follows.
  at::Tensor Inverted(const at::Tensor& x) const;
  /// [D] float64.
  const at::Tensor& mean() const noexcept { return mean_; }
  const at::Tensor& std() const noexcept { return std_; }
  /// [D] float32, as applied.
  const at::Tensor& mean_float() const noexcept { return mean_float_; }
  const at::Tensor& std_float() const noexcept { return std_float_; }

  void Save(StateDict& state, const std::string& prefix) const;
  void Load(const StateDict& state, const std::string& prefix);

 private:
  void CastDown();

  at::Tensor mean_;        ///< [D] float64
  at::Tensor std_;         ///< [D] float64
  at::Tensor mean_float_;  ///< [D] float32
  at::Tensor std_float_;   ///< [D] float32
};

}  // namespace dyna::dynamics
