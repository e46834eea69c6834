#include "common/nn/torch/gemm.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace dyna::nn {
namespace {

MatrixView View(const at::Tensor& stored, bool transposed) {
  return {.data = stored.data_ptr<float>(), .stride = stored.size(1), .transposed = transposed};
}

// Few and many columns take different libraries.
TEST(MultiplyTest, AgreesWithDoublePrecisionForEveryTransposition) {
  torch::manual_seed(1);
  for (const std::int64_t columns : {1, 3, 15, 16, 17, 70}) {
    for (const std::int64_t inner : {1, 5, 64}) {
      for (const bool a_transposed : {false, true}) {
        for (const bool b_transposed : {false, true}) {
          SCOPED_TRACE(testing::Message()
                       << columns << ' ' << inner << ' ' << a_transposed << ' ' << b_transposed);
          const std::int64_t rows = 33;
          const at::Tensor a = torch::randn({rows, inner}), b = torch::randn({inner, columns});
          const at::Tensor a_stored = a_transposed ? a.t().contiguous() : a;
          const at::Tensor b_stored = b_transposed ? b.t().contiguous() : b;
          at::Tensor c = torch::full({rows, columns}, 9.0F);
          Multiply({.rows = rows, .columns = columns, .inner = inner}, View(a_stored, a_transposed),
                   View(b_stored, b_transposed), c.data_ptr<float>());
          const at::Tensor expected = at::mm(a.to(at::kDouble), b.to(at::kDouble));
          EXPECT_LT((c.to(at::kDouble) - expected).abs().max().item<double>(), 1e-4);
        }
      }
    }
  }
}

TEST(MultiplyTest, ReadsRowsThatLieApart) {
  torch::manual_seed(2);
  const at::Tensor a = torch::randn({8, 20}), b = torch::randn({6, 40});
  at::Tensor c = torch::empty({8, 30});
  Multiply({.rows = 8, .columns = 30, .inner = 6}, {.data = a.data_ptr<float>(), .stride = 20},
           {.data = b.data_ptr<float>(), .stride = 40}, c.data_ptr<float>());
  EXPECT_TRUE(at::allclose(c, at::mm(a.narrow(1, 0, 6), b.narrow(1, 0, 30)), 1e-5, 1e-5));
}

TEST(MultiplyTest, NoRowsAreNoWork) {
  Multiply({.rows = 0, .columns = 4, .inner = 4}, {.stride = 4}, {.stride = 4}, nullptr);
}

}  // namespace
}  // namespace dyna::nn
