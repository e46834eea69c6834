#include "model_server/dynamics/graph_forward.hpp"

#include <torch/csrc/autograd/functions/utils.h>
#include <torch/torch.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "common/core/check.hpp"
#include "common/nn/torch/parallel.hpp"

namespace dyna::dynamics {
namespace {

/// Rows in order of their members.
struct Grouping {
  std::vector<std::int64_t> order = {};  ///< [B] grouped row -> row as given
  std::vector<RowRange> ranges = {};     ///< [E] of grouped rows
};

Grouping GroupByMember(const at::Tensor& members, std::int64_t count) {
  const at::Tensor dense = members.contiguous();
  const auto* of_row = dense.data_ptr<std::int64_t>();
  const std::int64_t rows = dense.size(0);
  Grouping grouping;
  grouping.ranges.resize(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < rows; ++i) {
    DYNA_CHECK(of_row[i] >= 0 && of_row[i] < count);
    ++grouping.ranges[static_cast<std::size_t>(of_row[i])].count;
  }
  std::int64_t begin = 0;
  std::vector<std::int64_t> next;
  for (RowRange& range : grouping.ranges) {
    range.begin = begin;
    next.push_back(begin);
    begin += range.count;
  }
  grouping.order.resize(static_cast<std::size_t>(rows));
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto place = next[static_cast<std::size_t>(of_row[i])]++;
    grouping.order[static_cast<std::size_t>(place)] = i;
  }
  return grouping;
}

/// What a batch leaves for its backward pass, and that pass.
struct NetBackward : public torch::autograd::Node {
  torch::autograd::variable_list apply(torch::autograd::variable_list&& grads) override {
    DYNA_CHECK_MSG(!at::GradMode::is_enabled(), "a model's forecast is differentiable only once");
    DYNA_CHECK_MSG(scratch.rows > 0, "the graph of a forecast was used twice");
    if (!grads[0].defined()) return {at::Tensor()};
    const at::Tensor given = grads[0].contiguous();
    const at::Tensor index = OrderTensor();
    const at::Tensor grad_output = given.index_select(0, index);
    at::Tensor grouped = torch::empty({given.size(0), std.size(0)}, torch::kFloat32);
    nn::ParallelTasks(net->members(), [&](std::int64_t e) {
      const RowRange range = grouping.ranges[static_cast<std::size_t>(e)];
      if (range.count > 0) net->InputGradient(e, range, grad_output, scratch, grouped);
    });
    grouped.div_(std);
    return {torch::empty_like(grouped).index_copy_(0, index, grouped)};
  }

  void release_variables() override { scratch = {}; }

  /// A view of `grouping.order`.
  at::Tensor OrderTensor() {
    return torch::from_blob(grouping.order.data(),
                            {static_cast<std::int64_t>(grouping.order.size())}, torch::kInt64);
  }

  const EnsembleNet* net = nullptr;
  at::Tensor std = {};  ///< [I] that the inputs were divided by
  Grouping grouping = {};
  EnsembleNet::Scratch scratch = {};
};

}  // namespace

at::Tensor ForwardWithGraph(const EnsembleNet& net, const Normalizer& input,
                            const at::Tensor& inputs, const at::Tensor& members) {
  DYNA_CHECK(inputs.dim() == 2 && inputs.size(0) >= 1 && members.dim() == 1);
  DYNA_CHECK(inputs.size(0) == members.size(0) && members.scalar_type() == torch::kInt64);
  const std::shared_ptr<NetBackward> node(new NetBackward, torch::autograd::deleteNode);
  node->net = &net;
  node->std = input.std_float();
  node->grouping = GroupByMember(members, net.members());
  at::Tensor out;
  {
    const torch::NoGradGuard no_grad;
    const at::Tensor index = node->OrderTensor();
    at::Tensor x = inputs.detach().index_select(0, index);
    input.Apply(x);
    net.Resize(node->scratch, x.size(0));
    nn::ParallelTasks(net.members(), [&](std::int64_t e) {
      const RowRange range = node->grouping.ranges[static_cast<std::size_t>(e)];
      if (range.count > 0) net.ForwardRange(e, range, x, node->scratch);
    });
    const at::Tensor& grouped = node->scratch.after.back();
    out = torch::empty_like(grouped).index_copy_(0, index, grouped);
  }
  if (torch::GradMode::is_enabled() && inputs.requires_grad()) {
    node->set_next_edges(torch::autograd::collect_next_edges(inputs));
    torch::autograd::set_history(out, node);
  }
  return out;
}

}  // namespace dyna::dynamics
