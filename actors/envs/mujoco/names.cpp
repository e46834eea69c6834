#include <array>

#include "actors/envs/mujoco/registry.hpp"

namespace dyna::envs {

std::span<const std::string_view> MujocoNames() noexcept {
  static constexpr std::array<std::string_view, 3> kNames = {"HalfCheetah-v4", "Hopper-v4",
                                                             "InvertedPendulum-v4"};
  return kNames;
}

}  // namespace dyna::envs
