#include <array>

#include "actors/envs/mujoco/registry.hpp"

namespace dyna::envs {

std::span<const std::string_view> MujocoNames() noexcept {
  static constexpr std::array<std::string_view, 16> kNames = {"Ant-v4",
                                                              "AntTruncatedObs",
                                                              "HalfCheetah-v4",
                                                              "Hopper-v4",
                                                              "Humanoid-v4",
                                                              "HumanoidTruncatedObs",
                                                              "InvertedDoublePendulum-v4",
                                                              "InvertedPendulum-v4",
                                                              "PetsCartPole",
                                                              "PetsHalfCheetah",
                                                              "PetsPusher",
                                                              "PetsReacher3D",
                                                              "Pusher-v4",
                                                              "Reacher-v4",
                                                              "Swimmer-v4",
                                                              "Walker2d-v4"};
  return kNames;
}

}  // namespace dyna::envs
