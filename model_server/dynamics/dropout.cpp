#include "model_server/dynamics/dropout.hpp"

#include <cmath>

#include "common/core/check.hpp"

namespace dyna::dynamics {

void DrawDropped(double rate, std::int64_t count, Rng& rng, std::vector<std::int64_t>& dropped) {
  DYNA_CHECK(rate >= 0.0 && rate < 1.0);
  dropped.clear();
  if (rate == 0.0) return;
  // The number kept before the next drop is geometric: floor(ln u / ln(1 - rate)), u in (0, 1].
  const double scale = 1.0 / std::log1p(-rate);
  double place = 0.0;  // may exceed every integer
  while (true) {
    place += std::floor(std::log(1.0 - rng.Uniform()) * scale);
    if (place >= static_cast<double>(count)) return;
    dropped.push_back(static_cast<std::int64_t>(place));
    place += 1.0;
  }
}

}  // namespace dyna::dynamics
