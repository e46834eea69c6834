#include "model_server/dynamics/student_t.hpp"

#include <cmath>
#include <numbers>

#include "common/core/check.hpp"

namespace dyna::dynamics {

double StudentTCdf(double t, std::int64_t dof) {
  DYNA_CHECK(dof >= 1);
  // A = P(|T| <= |t|) with the sign of t, a finite series in the cosine of theta.
  const double theta = std::atan(t / std::sqrt(static_cast<double>(dof)));
  const double sine = std::sin(theta), cosine = std::cos(theta);
  const bool odd = dof % 2 == 1;
  double term = odd ? cosine : 1.0;
  double sum = dof == 1 ? 0.0 : term;
  for (std::int64_t k = odd ? 3 : 2; k <= dof - 2; k += 2) {
    term *= cosine * cosine * static_cast<double>(k - 1) / static_cast<double>(k);
    sum += term;
  }
  const double a = odd ? 2.0 / std::numbers::pi * (theta + sine * sum) : sine * sum;
  return 0.5 * (1.0 + a);
}

double NormalCdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

}  // namespace dyna::dynamics
