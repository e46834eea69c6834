// An exported TorchScript module, read back by LibTorch, against nn::Policy.

#include <gtest/gtest.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <sstream>

#include "cli/export/policy_formats.hpp"
#include "tests/cli/export/random_policy.hpp"

namespace dyna::cli {
namespace {

torch::Tensor ToTensor(const RowMatrix& matrix) {
  return torch::from_blob(const_cast<float*>(matrix.data()), {matrix.rows(), matrix.cols()})
      .clone();
}

TEST(TorchScriptTest, AModuleActsAsWeDo) {
  for (const auto& policy : testing_support::PolicyCases()) {
    SCOPED_TRACE(policy.name);
    std::istringstream file(PolicyAsTorchScript({.weights = policy.weights, .env = "Test-v0"}));
    torch::jit::ExtraFilesMap extra = {{"env.txt", ""}};
    torch::jit::Module module = torch::jit::load(file, c10::nullopt, extra);
    EXPECT_EQ(extra.at("env.txt"), "Test-v0");
    torch::Tensor obs = ToTensor(policy.obs);
    if (policy.weights.kind == nn::PolicyWeights::Kind::kQTable)
      obs = obs.select(1, 0).to(torch::kLong);
    const torch::Tensor action = module.forward({obs}).toTensor();
    const bool gaussian = policy.weights.kind == nn::PolicyWeights::Kind::kSquashedGaussian;
    EXPECT_EQ(action.scalar_type(), gaussian ? torch::kFloat32 : torch::kLong);
    const torch::Tensor expected = ToTensor(policy.action).reshape(action.sizes());
    EXPECT_LE((action - expected).abs().max().item<double>(), 1e-6);
    if (!gaussian) {
      const auto values = module.get_method("q_values")({obs}).toTensor();
      EXPECT_TRUE(values.argmax(1).equal(action));
    }
  }
}

}  // namespace
}  // namespace dyna::cli
