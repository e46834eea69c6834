#include "common/nn/torch/compute.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <string>

#include "common/core/error.hpp"

namespace dyna::nn {
namespace {

Config Of(const std::string& text) { return Config::FromText("[compute]\n" + text, "test"); }

/// Float32 again for the tests that follow.
class PrecisionTest : public testing::Test {
 protected:
  ~PrecisionTest() override { SetPrecision(Precision::kFloat32); }
};

/// As bfloat16 keeps it, by LibTorch's own conversion.
at::Tensor Rounded(const at::Tensor& x) { return x.to(at::kBFloat16).to(at::kDouble); }

TEST_F(PrecisionTest, OneThreadOfFloat32IsTheDefault) {
  Config config = Of("");
  const ComputeOptions options = ComputeOptions::From(config);
  EXPECT_EQ(options.threads, 1);
  EXPECT_EQ(options.precision, Precision::kFloat32);
}

TEST_F(PrecisionTest, AnotherPrecisionIsRefusedByName) {
  Config config = Of("precision = \"fp8\"\n");
  try {
    ComputeOptions::From(config);
    FAIL() << "taken";
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("fp8"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("bf16"), std::string::npos) << error.what();
  }
}

// On a machine without the instructions it must say so; on one with them, it must round operands,
// and nothing else.
TEST_F(PrecisionTest, Bfloat16RoundsTheOperandsOfProductsOnly) {
  Config config = Of("precision = \"bf16\"\n");
  if (!HasBfloat16()) {
    EXPECT_THROW(ComputeOptions::From(config), ConfigError);
    return;
  }
  SetCompute(ComputeOptions::From(config));
  torch::manual_seed(3);
  const std::int64_t rows = 33, columns = 40, inner = 70;
  for (const bool a_transposed : {false, true}) {
    for (const bool b_transposed : {false, true}) {
      SCOPED_TRACE(testing::Message() << a_transposed << ' ' << b_transposed);
      // Stored wider than they are used.
      const at::Tensor a =
          a_transposed ? torch::randn({inner, rows + 5}) : torch::randn({rows, 80});
      const at::Tensor b =
          b_transposed ? torch::randn({columns, inner + 1}) : torch::randn({inner, columns});
      at::Tensor c = torch::empty({rows, columns});
      Multiply({.rows = rows, .columns = columns, .inner = inner},
               {.data = a.data_ptr<float>(), .stride = a.size(1), .transposed = a_transposed},
               {.data = b.data_ptr<float>(), .stride = b.size(1), .transposed = b_transposed},
               c.data_ptr<float>());
      const at::Tensor left = a_transposed ? a.narrow(1, 0, rows).t() : a.narrow(1, 0, inner);
      const at::Tensor right = b_transposed ? b.narrow(1, 0, inner).t() : b;
      const at::Tensor expected = at::mm(Rounded(left), Rounded(right));
      EXPECT_LT((c.to(at::kDouble) - expected).abs().max().item<double>(), 1e-4);
      // The float32 product is further away: the switch did something.
      const at::Tensor exact = at::mm(left.to(at::kDouble), right.to(at::kDouble));
      EXPECT_GT((c.to(at::kDouble) - exact).abs().max().item<double>(), 1e-3);
    }
  }
}

TEST_F(PrecisionTest, AFewColumnsStayFloat32) {
  if (HasBfloat16()) SetPrecision(Precision::kBfloat16);
  torch::manual_seed(4);
  const at::Tensor a = torch::randn({20, 64}), b = torch::randn({64, 15});
  at::Tensor c = torch::empty({20, 15});
  Multiply({.rows = 20, .columns = 15, .inner = 64}, {.data = a.data_ptr<float>(), .stride = 64},
           {.data = b.data_ptr<float>(), .stride = 15}, c.data_ptr<float>());
  EXPECT_TRUE(at::allclose(c, at::mm(a, b), 1e-5, 1e-5));
}

}  // namespace
}  // namespace dyna::nn
