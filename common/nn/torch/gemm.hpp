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

/// What operands of products are rounded to. Sums, results and everything that is kept stay
/// float32.
enum class Precision : std::uint8_t { kFloat32, kBfloat16 };

/// Whether this processor and the libraries at hand multiply bfloat16 faster than float32.
bool HasBfloat16();
/// Of Multiply, for the whole process; kFloat32 until then. kBfloat16 only if HasBfloat16().
void SetPrecision(Precision precision);

/// c [rows,columns] = a [rows,inner] b [inner,columns], c dense, without the cost of making and
/// dispatching tensors. Inside ParallelTasks one thread, else as many as LibTorch has.
///
/// Done by the libraries that LibTorch has loaded for its own use. On CPUs with AVX-512 oneDNN is a
/// tenth to a third faster than OpenBLAS 0.3.21 at a learner's sizes, except where there are
/// only a few columns (docs/performance.md); everything else is BLAS's. Those few columns, a net's
/// outputs as a rule, stay float32 in every precision.
void Multiply(const ProductShape& shape, const MatrixView& a, const MatrixView& b, float* c);

}  // namespace dyna::nn
