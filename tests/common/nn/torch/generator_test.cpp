#include "common/nn/torch/generator.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "common/core/error.hpp"

namespace dyna::nn {
namespace {

at::Tensor Draw(const TorchGenerator& generator) {
  return torch::empty({7}).normal_(0.0, 1.0, generator.get());  // odd: leaves a spare normal
}

TEST(TorchGeneratorTest, StreamsAreNamedAndIgnoreTheGlobalGenerator) {
  torch::manual_seed(1);
  const TorchGenerator a(7, "noise");
  const at::Tensor first = Draw(a);
  torch::manual_seed(2);
  EXPECT_TRUE(Draw(TorchGenerator(7, "noise")).equal(first));
  EXPECT_FALSE(Draw(TorchGenerator(7, "other")).equal(first));
  EXPECT_FALSE(Draw(TorchGenerator(8, "noise")).equal(first));
  EXPECT_FALSE(Draw(TorchGenerator(7, "noise", 1)).equal(first));
}

TEST(TorchGeneratorTest, ALoadedGeneratorContinuesBitForBit) {
  const TorchGenerator a(7, "noise");
  Draw(a);
  StateDict state;
  a.Save(state, "rng");
  TorchGenerator b(1, "other");
  b.Load(state, "rng");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Draw(b).equal(Draw(a)));
}

TEST(TorchGeneratorTest, RefusesWhatIsNotItsState) {
  TorchGenerator generator(1, "noise");
  StateDict state;
  EXPECT_THROW(generator.Load(state, "rng"), CheckpointError);
  state.Put("rng", std::vector<std::uint8_t>(10));
  EXPECT_THROW(generator.Load(state, "rng"), CheckpointError);
  generator.Save(state, "good");
  auto array = state.Raw("good");
  std::fill(array.bytes.begin(), array.bytes.end(), std::byte{0xff});
  state.PutRaw("rng", array);
  EXPECT_THROW(generator.Load(state, "rng"), CheckpointError);
}

}  // namespace
}  // namespace dyna::nn
