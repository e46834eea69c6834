#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "actors/envs/mujoco/task.hpp"

namespace dyna::envs {

/// Adds noise in [-scale, scale) to every value.
inline void AddUniform(Rng& rng, std::span<double> values, double scale) {
  for (double& value : values) value += rng.Uniform(-scale, scale);
}

/// Adds normal noise of standard deviation `scale` to every value.
inline void AddNormal(Rng& rng, std::span<double> values, double scale) {
  for (double& value : values) value += scale * rng.Normal();
}

/// Fills an observation from left to right.
class ObservationWriter {
 public:
  explicit ObservationWriter(std::span<double> obs) : rest_(obs) {}

  void Write(double value) noexcept {
    rest_[0] = value;
    rest_ = rest_.subspan(1);
  }
  void Write(std::span<const double> values) noexcept {
    std::copy(values.begin(), values.end(), rest_.begin());
    rest_ = rest_.subspan(values.size());
  }
  void WriteClipped(std::span<const double> values, double limit) noexcept {
    for (const double value : values) Write(std::clamp(value, -limit, limit));
  }
  bool full() const noexcept { return rest_.empty(); }

 private:
  std::span<double> rest_;
};

/// Progress of a robot whose first coordinate is its x.
inline double RootX(const mjModel& /*model*/, const mjData& data) { return data.qpos[0]; }

/// Progress of a robot by the frame of one of its bodies.
template <std::size_t kBody>
double BodyX(const mjModel& /*model*/, const mjData& data) {
  return data.xpos[3 * kBody];
}

/// Observation [qpos without its first kSkip, qvel clipped to +-kLimit].
template <std::size_t kSkip, int kLimit>
void ObserveClipped(const Moment& moment, std::span<double> obs) {
  ObservationWriter out(obs);
  out.Write(moment.qpos().subspan(kSkip));
  out.WriteClipped(moment.qvel(), kLimit);
}

/// Observation [qpos without its first kSkip, qvel].
template <std::size_t kSkip>
void ObserveState(const Moment& moment, std::span<double> obs) {
  ObservationWriter out(obs);
  out.Write(moment.qpos().subspan(kSkip));
  out.Write(moment.qvel());
}

}  // namespace dyna::envs
