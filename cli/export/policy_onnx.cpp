#include <onnx/onnx_pb.h>

#include "cli/export/policy_formats.hpp"
#include "common/core/check.hpp"
#include "common/run/revision.hpp"

namespace dyna::cli {
namespace {

// The oldest that has every operator we use in its present form (onnx 1.8, of 2020), so that old
// runtimes read the file too.
constexpr int kOpset = 13;
constexpr int kIrVersion = 7;

void SetAttribute(onnx::NodeProto& node, const char* name, std::int64_t value) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx::AttributeProto::INT);
  attribute->set_i(value);
}

/// Adds nodes one after the other; each returns the name of its output.
class GraphWriter {
 public:
  explicit GraphWriter(onnx::GraphProto& graph) : graph_(graph) {}

  std::string Constant(const std::string& name, const float* values,
                       const std::vector<std::int64_t>& shape) {
    auto* tensor = graph_.add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(onnx::TensorProto::FLOAT);
    std::int64_t count = 1;
    for (const auto size : shape) {
      tensor->add_dims(size);
      count *= size;
    }
    tensor->set_raw_data(values, static_cast<std::size_t>(count) * sizeof(float));
    return name;
  }

  onnx::NodeProto& Node(const std::string& op, const std::vector<std::string>& inputs,
                        const std::string& output) {
    auto* node = graph_.add_node();
    node->set_op_type(op);
    node->set_name(output);
    for (const auto& input : inputs) node->add_input(input);
    node->add_output(output);
    return *node;
  }

  /// y = x W^T + b.
  std::string Dense(const std::string& x, const nn::DenseLayer& layer, std::size_t index,
                    const std::string& output) {
    const std::string number = std::to_string(index);
    const auto weight = Constant("weight" + number, layer.weight.data(),
                                 {layer.weight.rows(), layer.weight.cols()});
    const auto bias = Constant("bias" + number, layer.bias.data(), {layer.bias.size()});
    SetAttribute(Node("Gemm", {x, weight, bias}, output), "transB", 1);
    return output;
  }

  std::string Activate(nn::Activation activation, const std::string& x) {
    switch (activation) {
      case nn::Activation::kRelu:
        Node("Relu", {x}, x + "_relu");
        return x + "_relu";
      case nn::Activation::kTanh:
        Node("Tanh", {x}, x + "_tanh");
        return x + "_tanh";
      case nn::Activation::kSilu:
        Node("Sigmoid", {x}, x + "_sigmoid");
        Node("Mul", {x, x + "_sigmoid"}, x + "_silu");
        return x + "_silu";
    }
    DYNA_CHECK(false);
    return {};
  }

  /// The lowest index of the greatest value, as ours.
  void ArgMax(const std::string& values, const std::string& output) {
    auto& node = Node("ArgMax", {values}, output);
    SetAttribute(node, "axis", 1);
    SetAttribute(node, "keepdims", 0);
    SetAttribute(node, "select_last_index", 0);
  }

 private:
  onnx::GraphProto& graph_;
};

/// Declares an input or output [N, columns], or [N] for columns = 0.
void Declare(onnx::ValueInfoProto& info, const std::string& name, onnx::TensorProto::DataType type,
             std::int64_t columns) {
  info.set_name(name);
  auto* tensor = info.mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(type);
  tensor->mutable_shape()->add_dim()->set_dim_param("N");
  if (columns > 0) tensor->mutable_shape()->add_dim()->set_dim_value(columns);
}

void WriteGaussian(const nn::PolicyWeights& weights, onnx::GraphProto& graph) {
  GraphWriter writer(graph);
  const auto actions = weights.action_center.size();
  Declare(*graph.add_input(), "obs", onnx::TensorProto::FLOAT, weights.layers[0].weight.cols());
  Declare(*graph.add_output(), "action", onnx::TensorProto::FLOAT, actions);
  std::string x = "obs";
  const std::size_t last = weights.layers.size() - 1;
  for (std::size_t i = 0; i < last; ++i) {
    x = writer.Activate(weights.activation,
                        writer.Dense(x, weights.layers[i], i, "hidden" + std::to_string(i)));
  }
  writer.Dense(x, MeanLayer(weights), last, "mean");
  writer.Node("Tanh", {"mean"}, "squashed");
  const auto scale = writer.Constant("action_scale", weights.action_scale.data(), {actions});
  const auto center = writer.Constant("action_center", weights.action_center.data(), {actions});
  writer.Node("Mul", {"squashed", scale}, "scaled");
  writer.Node("Add", {"scaled", center}, "action");
}

void WriteDiscrete(const nn::PolicyWeights& weights, onnx::GraphProto& graph) {
  GraphWriter writer(graph);
  const auto& first = weights.layers.front().weight;
  Declare(*graph.add_output(), "action", onnx::TensorProto::INT64, 0);
  Declare(*graph.add_output(), "q_values", onnx::TensorProto::FLOAT,
          weights.layers.back().weight.rows());
  if (weights.kind == nn::PolicyWeights::Kind::kQTable) {
    Declare(*graph.add_input(), "obs", onnx::TensorProto::INT64, 0);
    const RowMatrix by_state = first.transpose();
    const auto table =
        writer.Constant("q_table", by_state.data(), {by_state.rows(), by_state.cols()});
    SetAttribute(writer.Node("Gather", {table, "obs"}, "q_values"), "axis", 0);
  } else {
    Declare(*graph.add_input(), "obs", onnx::TensorProto::FLOAT, first.cols());
    std::string x = "obs";
    const std::size_t last = weights.layers.size() - 1;
    for (std::size_t i = 0; i <= last; ++i) {
      const std::string name = i == last ? "q_values" : "hidden" + std::to_string(i);
      x = writer.Dense(x, weights.layers[i], i, name);
      if (i < last) x = writer.Activate(weights.activation, x);
    }
  }
  writer.ArgMax("q_values", "action");
}

}  // namespace

std::string PolicyAsOnnx(const PolicyToExport& policy) {
  onnx::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("OpenDyna");
  model.set_producer_version(kRevision);
  model.set_doc_string(policy.source);
  model.add_opset_import()->set_version(kOpset);
  for (const auto& [key, value] : {std::pair<std::string, std::string>{"env", policy.env},
                                   {"kind", KindName(policy.weights.kind)}}) {
    auto* property = model.add_metadata_props();
    property->set_key(key);
    property->set_value(value);
  }
  auto& graph = *model.mutable_graph();
  graph.set_name("policy");
  if (policy.weights.kind == nn::PolicyWeights::Kind::kSquashedGaussian) {
    WriteGaussian(policy.weights, graph);
  } else {
    WriteDiscrete(policy.weights, graph);
  }
  return model.SerializeAsString();
}

}  // namespace dyna::cli
