#include "common/core/rng.hpp"

#include <bit>
#include <cmath>

#include "common/core/check.hpp"

namespace dyna {
namespace {

/// One step of splitmix64 (Steele, Lea, Flood 2014): a bijective mixer.
std::uint64_t SplitMix(std::uint64_t& x) noexcept {
  x += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = x;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

std::uint64_t StreamSeed(std::uint64_t seed, std::string_view name, std::uint64_t index) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a over the name
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  std::uint64_t x = seed;
  x = SplitMix(x) ^ hash;
  x = SplitMix(x) ^ index;
  return SplitMix(x);
}

Rng::Rng(std::uint64_t seed, std::string_view name, std::uint64_t index) : state_() {
  std::uint64_t x = StreamSeed(seed, name, index);
  for (auto& word : state_) word = SplitMix(x);
}

std::uint64_t Rng::operator()() noexcept {
  auto& s = state_;
  const std::uint64_t result = std::rotl(s[1] * 5, 7) * 9;
  const std::uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

double Rng::Uniform() noexcept { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

double Rng::Uniform(double low, double high) noexcept { return low + (high - low) * Uniform(); }

std::uint64_t Rng::Below(std::uint64_t bound) noexcept {
  DYNA_CHECK(bound > 0);
  __extension__ using Wide = unsigned __int128;
  Wide product = static_cast<Wide>((*this)()) * bound;
  auto low = static_cast<std::uint64_t>(product);
  if (low < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (low < threshold) {
      product = static_cast<Wide>((*this)()) * bound;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double Rng::Normal() noexcept {
  while (true) {
    const double u = 2.0 * Uniform() - 1.0;
    const double v = 2.0 * Uniform() - 1.0;
    const double s = u * u + v * v;
    if (s > 0.0 && s < 1.0) return u * std::sqrt(-2.0 * std::log(s) / s);
  }
}

}  // namespace dyna
