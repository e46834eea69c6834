#include "common/net/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace dyna::net {

Milliseconds Backoff::Next() {
  const double bound = std::min(std::ldexp(static_cast<double>(options_.first.count()), failures_),
                                static_cast<double>(options_.max.count()));
  failures_ = std::min(failures_ + 1, 60);  // 2^60 ms is beyond any maximum
  return Milliseconds(static_cast<Milliseconds::rep>(rng_.Uniform(0.0, bound)));
}

}  // namespace dyna::net
