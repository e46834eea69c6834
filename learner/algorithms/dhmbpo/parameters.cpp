#include "learner/algorithms/dhmbpo/parameters.hpp"

#include <torch/torch.h>

#include <array>
#include <utility>

namespace dyna::learner::dhmbpo {

Parameters::Parameters(nn::FlatLayout layout) : layout_(std::move(layout)), flat_(layout_.Zeros()) {
  for (std::size_t i = 0; i < layout_.entries(); ++i) {
    constants_.push_back(layout_.View(flat_, i).detach());
    leaves_.push_back(layout_.View(flat_, i).detach().requires_grad_());
  }
}

at::Tensor Parameters::GradientOf(const at::Tensor& scalar) const {
  const auto parts = torch::autograd::grad({scalar}, leaves_, /*grad_outputs=*/{},
                                           /*retain_graph=*/false, /*create_graph=*/false,
                                           /*allow_unused=*/true);
  std::vector<at::Tensor> flat;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    flat.push_back(parts[i].defined() ? parts[i].reshape({-1})
                                      : torch::zeros({leaves_[i].numel()}));
  }
  return torch::cat(flat);
}

void Parameters::Step(nn::FlatAdam& adam, const at::Tensor& gradient,
                      nn::FlatAdam::Follower follower) {
  const std::array<const float*, 1> whole = {gradient.data_ptr<float>()};
  adam.Step(nn::FloatSpan(flat_), whole, follower);
}

}  // namespace dyna::learner::dhmbpo
