#pragma once

#include <cstdint>

namespace dyna::nn {

/// A row-major float32 matrix whose rows lie `stride` elements apart; `transposed`: used as its
/// transpose.
struct MatrixView {
  const float* data = nullptr;
  std::int64_t stride = 0;
  bool transposed = false;
};

/// Sizes of a product [rows,inner] [inner,columns].
struct ProductShape {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t inner = 0;
};

/// c [rows,columns] = a [rows,inner] b [inner,columns], c dense, without the cost of making and
/// dispatching tensors. Inside ParallelTasks one thread, else as many as LibTorch has.
///
/// Done by the libraries that LibTorch has loaded for its own use. On CPUs with AVX-512 oneDNN is a
/// tenth to a third faster than OpenBLAS 0.3.21 at a learner's sizes, except where there are
/// only a few columns (docs/performance.md); everything else is BLAS's.
void Multiply(const ProductShape& shape, const MatrixView& a, const MatrixView& b, float* c);

}  // namespace dyna::nn
