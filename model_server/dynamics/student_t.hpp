#pragma once

#include <cstdint>

namespace dyna::dynamics {

/// P(T <= t) for Student's t with `dof` >= 1 degrees of freedom (Abramowitz & Stegun 26.7.3-4).
double StudentTCdf(double t, std::int64_t dof);
/// P(Z <= z) for the standard normal.
double NormalCdf(double z);

}  // namespace dyna::dynamics
