#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dyna::cli {

/// One stage to measure, and if there is one, plain LibTorch doing the same work.
struct BenchCase {
  std::string key;     ///< name in the JSON, with its unit
  double gflop = 0.0;  ///< matrix products of one unit, 10^9 floating-point operations; 0: none
  std::function<double()> ours;           ///< a little work; returns how many units
  std::function<double()> baseline = {};  ///< the same for plain LibTorch
};

std::vector<BenchCase> LearnerCases();
std::vector<BenchCase> ModelCases();
std::vector<BenchCase> ReplayCases();

/// Plain LibTorch, as its users write it: modules, autograd, torch::optim. Rows are drawn by index
/// from tensors of 100,000.
std::function<double()> TorchSac();
std::function<double()> TorchDqn();
std::function<double()> TorchEnsemble();
std::function<double()> TorchImagination(std::int64_t horizon);

}  // namespace dyna::cli
