#pragma once

#include <ATen/core/Generator.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/state_dict.hpp"

namespace dyna::nn {

/// A named random stream for torch's own sampling functions (normal_, uniform_, ...), which are
/// vectorised where our Rng is not. Never torch's global generator: that one belongs to nobody
/// and is in no checkpoint. Single-threaded; not copyable, as a copy would share the stream.
class TorchGenerator {
 public:
  TorchGenerator(std::uint64_t seed, std::string_view name, std::uint64_t index = 0);

  TorchGenerator(TorchGenerator&&) noexcept = default;
  TorchGenerator& operator=(TorchGenerator&&) noexcept = default;
  TorchGenerator(const TorchGenerator&) = delete;
  TorchGenerator& operator=(const TorchGenerator&) = delete;

  /// To pass to a torch function.
  const at::Generator& get() const noexcept { return generator_; }
  /// The whole state, a spare normal included: Load continues bit for bit.
  void Save(StateDict& state, const std::string& name) const;
  /// CheckpointError when the entry is not a state of this kind of generator.
  void Load(const StateDict& state, const std::string& name);

 private:
  at::Generator generator_;
};

}  // namespace dyna::nn
