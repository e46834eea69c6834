// Exported policies against nn::Policy: the npz by the real NumPy and the documented example, the
// ONNX graph by the checker of the ONNX library and by the operators' definitions.

#include <gtest/gtest.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <map>

#include "cli/export/npz_file.hpp"
#include "cli/export/policy_formats.hpp"
#include "tests/cli/export/random_policy.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::cli {
namespace {

using testing_support::PolicyCase;
using testing_support::PolicyCases;
using testing_support::RunCommand;
using testing_support::TemporaryFolder;
using Doubles = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::span<const float> Values(const RowMatrix& matrix) {
  return {matrix.data(), static_cast<std::size_t>(matrix.size())};
}

void Write(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// An ONNX graph run as the operator specification defines each operator, in double precision.
class GraphOracle {
 public:
  explicit GraphOracle(const onnx::GraphProto& graph) : graph_(graph) {
    for (const auto& tensor : graph.initializer()) {
      const std::int64_t rows = tensor.dims_size() == 2 ? tensor.dims(0) : 1;
      const std::int64_t columns = tensor.dims(tensor.dims_size() - 1);
      RowMatrix values(rows, columns);
      EXPECT_EQ(tensor.raw_data().size(), static_cast<std::size_t>(values.size()) * sizeof(float));
      std::memcpy(values.data(), tensor.raw_data().data(), tensor.raw_data().size());
      values_[tensor.name()] = values.cast<double>();
    }
  }

  Doubles Run(const Doubles& obs) {
    values_[graph_.input(0).name()] = obs;
    for (const auto& node : graph_.node()) values_[node.output(0)] = Compute(node);
    return values_.at("action");
  }

 private:
  const Doubles& In(const onnx::NodeProto& node, int i) const { return values_.at(node.input(i)); }

  Doubles Compute(const onnx::NodeProto& node) const {
    const std::string& op = node.op_type();
    const Doubles& a = In(node, 0);
    if (op == "Gemm") {
      return (a * In(node, 1).transpose()).rowwise() + In(node, 2).row(0);  // transB = 1
    }
    if (op == "Relu") return a.cwiseMax(0.0);
    if (op == "Tanh") return a.unaryExpr([](double x) { return std::tanh(x); });
    if (op == "Sigmoid") return a.unaryExpr([](double x) { return 1.0 / (1.0 + std::exp(-x)); });
    if (op == "Mul") return a.cwiseProduct(AsTall(In(node, 1), a));
    if (op == "Add") return a + AsTall(In(node, 1), a);
    if (op == "Gather") return Gathered(a, In(node, 1));
    if (op == "ArgMax") return FirstGreatest(a);
    ADD_FAILURE() << "an operator that nobody expects: " << op;
    return {};
  }

  /// `values` with its single row repeated, if it is one.
  static Doubles AsTall(const Doubles& values, const Doubles& like) {
    EXPECT_EQ(values.cols(), like.cols());
    return values.replicate(like.rows() / values.rows(), 1);
  }
  static Doubles Gathered(const Doubles& table, const Doubles& rows) {
    Doubles result(rows.rows(), table.cols());
    for (Eigen::Index i = 0; i < rows.rows(); ++i) {
      result.row(i) = table.row(static_cast<Eigen::Index>(rows(i, 0)));
    }
    return result;
  }
  static Doubles FirstGreatest(const Doubles& values) {
    Doubles result(values.rows(), 1);
    for (Eigen::Index i = 0; i < values.rows(); ++i) {
      Eigen::Index at = 0;
      values.row(i).maxCoeff(&at);
      result(i, 0) = static_cast<double>(at);
    }
    return result;
  }

  const onnx::GraphProto& graph_;
  std::map<std::string, Doubles> values_;
};

TEST(PolicyFilesTest, TheDocumentedExampleActsOnAnNpzAsWeDo) {
  for (const PolicyCase& policy : PolicyCases()) {
    SCOPED_TRACE(policy.name);
    const TemporaryFolder folder;
    Write(folder / "policy.npz", PolicyAsNpz({.weights = policy.weights, .env = "Test-v0"}));
    NpzFile cases;
    cases.Add("obs", Values(policy.obs), {policy.obs.rows(), policy.obs.cols()});
    cases.Add("action", Values(policy.action), {policy.action.rows(), policy.action.cols()});
    Write(folder / "cases.npz", cases.Bytes());
    const auto [output, status] =
        RunCommand("/usr/bin/python3 " DYNA_SOURCE_DIR
                   "/tests/cli/export/check_npz.py " DYNA_SOURCE_DIR "/docs/tools.md " +
                   (folder / "policy.npz").string() + " " + (folder / "cases.npz").string());
    EXPECT_EQ(status, 0) << output;
    EXPECT_NE(output.find("greatest difference"), std::string::npos) << output;
  }
}

TEST(PolicyFilesTest, AnOnnxModelPassesTheCheckerAndActsAsWeDo) {
  for (const PolicyCase& policy : PolicyCases()) {
    SCOPED_TRACE(policy.name);
    const std::string bytes = PolicyAsOnnx({.weights = policy.weights, .env = "Test-v0"});
    onnx::ModelProto model;
    ASSERT_TRUE(model.ParseFromString(bytes));
    EXPECT_NO_THROW(onnx::checker::check_model(model));
    const Doubles action = GraphOracle(model.graph()).Run(policy.obs.cast<double>());
    ASSERT_EQ(action.rows(), policy.action.rows());
    ASSERT_EQ(action.cols(), policy.action.cols());
    EXPECT_LE((action - policy.action.cast<double>()).cwiseAbs().maxCoeff(), 1e-6);
  }
}

TEST(PolicyFilesTest, AnOnnxModelSaysWhatGoesInAndOut) {
  for (const PolicyCase& policy : PolicyCases()) {
    SCOPED_TRACE(policy.name);
    onnx::ModelProto model;
    ASSERT_TRUE(model.ParseFromString(PolicyAsOnnx({.weights = policy.weights, .env = "E"})));
    const bool table = policy.weights.kind == nn::PolicyWeights::Kind::kQTable;
    const bool gaussian = policy.weights.kind == nn::PolicyWeights::Kind::kSquashedGaussian;
    const auto& input = model.graph().input(0).type().tensor_type();
    EXPECT_EQ(input.elem_type(), table ? onnx::TensorProto::INT64 : onnx::TensorProto::FLOAT);
    EXPECT_EQ(input.shape().dim(0).dim_param(), "N");
    EXPECT_EQ(input.shape().dim_size(), table ? 1 : 2);
    if (!table) {
      EXPECT_EQ(input.shape().dim(1).dim_value(), policy.obs.cols());
    }
    const auto& output = model.graph().output(0);
    EXPECT_EQ(output.name(), "action");
    EXPECT_EQ(output.type().tensor_type().elem_type(),
              gaussian ? onnx::TensorProto::FLOAT : onnx::TensorProto::INT64);
    EXPECT_EQ(model.graph().output_size(), gaussian ? 1 : 2);
  }
}

TEST(NpzFileTest, NumpyReadsNamesShapesAndValues) {
  const TemporaryFolder folder;
  NpzFile npz;
  const std::vector<float> values = {1.5F, -2.0F, 3e-8F, 4.0F, 5.0F, -0.0F};
  npz.Add("matrix", values, {2, 3});
  npz.Add("vector", values, {6});
  npz.Add("scalar", std::span(values).first(1), {});
  npz.Add("empty", {}, {0, 3});
  npz.AddText("text", "Pendulum-v1");
  npz.AddText("nothing", "");
  Write(folder / "a.npz", npz.Bytes());
  const std::string script =
      "import numpy as np, sys\n"
      "a = np.load(sys.argv[1])\n"
      "v = np.array([1.5, -2, 3e-8, 4, 5, -0.0], np.float32)\n"
      "assert a.zip.testzip() is None\n"
      "assert a['matrix'].dtype == np.float32 and (a['matrix'] == v.reshape(2, 3)).all()\n"
      "assert (a['vector'] == v).all() and np.signbit(a['vector'][5])\n"
      "assert a['scalar'].shape == () and a['scalar'] == 1.5\n"
      "assert a['empty'].shape == (0, 3)\n"
      "assert str(a['text']) == 'Pendulum-v1' and str(a['nothing']) == ''\n"
      "print('all read')\n";
  Write(folder / "read.py", script);
  const auto [output, status] = RunCommand("/usr/bin/python3 " + (folder / "read.py").string() +
                                           " " + (folder / "a.npz").string());
  EXPECT_EQ(status, 0) << output;
  EXPECT_EQ(output, "all read\n");
}

}  // namespace
}  // namespace dyna::cli
