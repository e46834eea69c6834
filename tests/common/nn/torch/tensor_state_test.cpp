#include "common/nn/torch/tensor_state.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "common/core/error.hpp"

namespace dyna::nn {
namespace {

TEST(TensorStateTest, RoundTripsEveryTypeAndViewsKeepSeeingTheValues) {
  for (const auto type : {torch::kFloat32, torch::kFloat64, torch::kInt64, torch::kUInt8}) {
    const at::Tensor tensor = torch::arange(6).view({2, 3}).to(type).t();  // not contiguous
    StateDict state;
    PutTensor(state, "t", tensor);
    at::Tensor out = torch::zeros({3, 2}, type);
    const at::Tensor view = out[1];
    GetTensorInto(state, "t", out);
    EXPECT_TRUE(out.equal(tensor));
    EXPECT_TRUE(view.equal(tensor[1]));
  }
}

TEST(TensorStateTest, RefusesAnotherTypeOrShape) {
  StateDict state;
  PutTensor(state, "t", torch::zeros({2, 3}));
  at::Tensor transposed = torch::zeros({3, 2});
  at::Tensor doubles = torch::zeros({2, 3}, torch::kFloat64);
  EXPECT_THROW(GetTensorInto(state, "t", transposed), CheckpointError);
  EXPECT_THROW(GetTensorInto(state, "t", doubles), CheckpointError);
  EXPECT_THROW(GetTensorInto(state, "absent", doubles), CheckpointError);
}

TEST(TensorStateTest, RowsMayBeAnyNumberButColumnsMustFit) {
  StateDict state;
  PutTensor(state, "t", torch::ones({5, 3}));
  EXPECT_TRUE(GetRows(state, "t", torch::empty({0, 3})).equal(torch::ones({5, 3})));
  EXPECT_THROW(GetRows(state, "t", torch::empty({0, 4})), CheckpointError);
  EXPECT_THROW(GetRows(state, "t", torch::empty({0})), CheckpointError);
}

}  // namespace
}  // namespace dyna::nn
