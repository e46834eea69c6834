#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace dyna {

/// A named random stream: xoshiro256** seeded by a hash of (seed, name, index).
///
/// Streams with different names or indices are independent, so adding a consumer never
/// shifts another one's numbers. Draws are defined here, bit for bit, rather than by the
/// standard library's distributions, which differ between implementations.
/// Single-threaded; a class takes its stream, it never makes one from a clock.
class Rng {
 public:
  using State = std::array<std::uint64_t, 4>;
  using result_type = std::uint64_t;

  Rng(std::uint64_t seed, std::string_view name, std::uint64_t index = 0);

  std::uint64_t operator()() noexcept;
  static constexpr std::uint64_t min() noexcept { return 0; }
  static constexpr std::uint64_t max() noexcept { return ~std::uint64_t{0}; }

  /// Uniform in [0, 1), 53 random bits.
  double Uniform() noexcept;
  /// Uniform in [low, high).
  double Uniform(double low, double high) noexcept;
  /// Uniform integer in [0, bound), unbiased (Lemire 2019). bound > 0.
  std::uint64_t Below(std::uint64_t bound) noexcept;
  /// Standard normal (Marsaglia's polar method). Keeps no spare value, so the state above is all.
  double Normal() noexcept;

  const State& state() const noexcept { return state_; }
  void set_state(const State& state) noexcept { state_ = state; }
  bool operator==(const Rng&) const = default;

 private:
  State state_;
};

/// The 64-bit seed of a named stream, for generators that are not ours (torch).
std::uint64_t StreamSeed(std::uint64_t seed, std::string_view name, std::uint64_t index = 0);

}  // namespace dyna
