#include "common/nn/torch/generator.hpp"

#include <torch/torch.h>

#include <vector>

#include "common/core/error.hpp"
#include "common/core/rng.hpp"

namespace dyna::nn {

TorchGenerator::TorchGenerator(std::uint64_t seed, std::string_view name, std::uint64_t index)
    : generator_(at::make_generator<at::CPUGeneratorImpl>(StreamSeed(seed, name, index))) {}

void TorchGenerator::Save(StateDict& state, const std::string& name) const {
  const at::Tensor bytes = generator_.get_state().contiguous();
  state.Put(name, std::span<const std::uint8_t>(bytes.data_ptr<std::uint8_t>(),
                                                static_cast<std::size_t>(bytes.numel())));
}

void TorchGenerator::Load(const StateDict& state, const std::string& name) {
  at::Tensor bytes = generator_.get_state().clone();
  state.GetInto(name, std::span<std::uint8_t>(bytes.data_ptr<std::uint8_t>(),
                                              static_cast<std::size_t>(bytes.numel())));
  try {
    generator_.set_state(bytes);
  } catch (const c10::Error&) {
    throw CheckpointError("entry '" + name + "' is not the state of a random generator");
  }
}

}  // namespace dyna::nn
