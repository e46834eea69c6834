#include "common/nn/torch/gemm.hpp"

#include <dlfcn.h>
#include <torch/torch.h>

#include <vector>

#include "common/core/check.hpp"
#include "common/nn/narrow_kernels.hpp"

namespace dyna::nn {
namespace {

/// Below this oneDNN's product is the slower one (measured with 2, 6, 12 and 36).
constexpr std::int64_t kColumnsMinOneDnn = 16;

// oneDNN's C interface, the same in versions 1 to 3: row-major, status 0 is success.
using DnnlSgemm = int (*)(char trans_a, char trans_b, std::int64_t m, std::int64_t n,
                          std::int64_t k, float alpha, const float* a, std::int64_t lda,
                          const float* b, std::int64_t ldb, float beta, float* c, std::int64_t ldc);
// The same with operands in bfloat16: since 1.1, beside the documented ones.
using DnnlNarrowGemm = int (*)(char trans_a, char trans_b, std::int64_t m, std::int64_t n,
                               std::int64_t k, float alpha, const Bfloat16* a, std::int64_t lda,
                               const Bfloat16* b, std::int64_t ldb, float beta, float* c,
                               std::int64_t ldc);
// Reference BLAS, column-major.
using BlasSgemm = void (*)(const char* trans_a, const char* trans_b, const int* m, const int* n,
                           const int* k, const float* alpha, const float* a, const int* lda,
                           const float* b, const int* ldb, const float* beta, float* c,
                           const int* ldc);

// Both are looked up, not linked: a LibTorch that has its own copy must not meet a second one.
DnnlSgemm FindDnnl() {
#ifdef __x86_64__
  // Elsewhere oneDNN's own product may be a plain loop.
  if (__builtin_cpu_supports("avx512f") != 0) {
    return reinterpret_cast<DnnlSgemm>(dlsym(RTLD_DEFAULT, "dnnl_sgemm"));
  }
#endif
  return nullptr;
}

// Without the instructions oneDNN widens the operands again, which gains nothing.
DnnlNarrowGemm FindNarrow() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512bf16") != 0) {
    return reinterpret_cast<DnnlNarrowGemm>(dlsym(RTLD_DEFAULT, "dnnl_gemm_bf16bf16f32"));
  }
#endif
  return nullptr;
}

DnnlNarrowGemm NarrowGemm() {
  static const DnnlNarrowGemm kNarrow = FindNarrow();
  return kNarrow;
}

/// Set before threads start.
bool narrow_products = false;

BlasSgemm FindBlas() { return reinterpret_cast<BlasSgemm>(dlsym(RTLD_DEFAULT, "sgemm_")); }

void ByDnnl(DnnlSgemm sgemm, const ProductShape& shape, const MatrixView& a, const MatrixView& b,
            float* c) {
  const int status =
      sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', shape.rows, shape.columns,
            shape.inner, 1.0F, a.data, a.stride, b.data, b.stride, 0.0F, c, shape.columns);
  DYNA_CHECK_MSG(status == 0, "dnnl_sgemm failed with status " << status);
}

/// The view's elements as bfloat16, rows dense; `rows` and `columns` of what is stored.
const Bfloat16* Narrowed(const MatrixView& view, std::int64_t rows, std::int64_t columns,
                         std::vector<Bfloat16>& scratch) {
  const std::int64_t size = rows * columns;
  if (static_cast<std::int64_t>(scratch.size()) < size) {
    scratch.resize(static_cast<std::size_t>(size));
  }
  if (view.stride == columns) {
    Narrow(size, view.data, scratch.data());
  } else {
    for (std::int64_t i = 0; i < rows; ++i) {
      Narrow(columns, view.data + i * view.stride, scratch.data() + i * columns);
    }
  }
  return scratch.data();
}

void ByNarrow(DnnlNarrowGemm gemm, const ProductShape& shape, const MatrixView& a,
              const MatrixView& b, float* c) {
  thread_local std::vector<Bfloat16> a_scratch, b_scratch;
  const std::int64_t a_columns = a.transposed ? shape.rows : shape.inner;
  const std::int64_t b_columns = b.transposed ? shape.inner : shape.columns;
  const int status = gemm(
      a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', shape.rows, shape.columns, shape.inner,
      1.0F, Narrowed(a, a.transposed ? shape.inner : shape.rows, a_columns, a_scratch), a_columns,
      Narrowed(b, b.transposed ? shape.columns : shape.inner, b_columns, b_scratch), b_columns,
      0.0F, c, shape.columns);
  DYNA_CHECK_MSG(status == 0, "dnnl_gemm_bf16bf16f32 failed with status " << status);
}

// c^T = b^T a^T: what is row-major here is the transpose for BLAS.
void ByBlas(BlasSgemm sgemm, const ProductShape& shape, const MatrixView& a, const MatrixView& b,
            float* c) {
  const int m = static_cast<int>(shape.columns), n = static_cast<int>(shape.rows);
  const int k = static_cast<int>(shape.inner);
  const int ldb = static_cast<int>(b.stride), lda = static_cast<int>(a.stride);
  const float one = 1.0F, zero = 0.0F;
  sgemm(b.transposed ? "T" : "N", a.transposed ? "T" : "N", &m, &n, &k, &one, b.data, &ldb, a.data,
        &lda, &zero, c, &m);
}

at::Tensor Wrap(const MatrixView& view, std::int64_t rows, std::int64_t columns) {
  const std::vector<std::int64_t> strides = view.transposed
                                                ? std::vector<std::int64_t>{1, view.stride}
                                                : std::vector<std::int64_t>{view.stride, 1};
  return at::from_blob(const_cast<float*>(view.data), {rows, columns}, strides, at::kFloat);
}

void ByTorch(const ProductShape& shape, const MatrixView& a, const MatrixView& b, float* c) {
  const at::NoGradGuard no_grad;
  at::Tensor out = at::from_blob(c, {shape.rows, shape.columns}, at::kFloat);
  at::mm_out(out, Wrap(a, shape.rows, shape.inner), Wrap(b, shape.inner, shape.columns));
}

}  // namespace

bool HasBfloat16() { return NarrowGemm() != nullptr; }

void SetPrecision(Precision precision) {
  narrow_products = precision == Precision::kBfloat16;
  DYNA_CHECK(!narrow_products || HasBfloat16());
}

void Multiply(const ProductShape& shape, const MatrixView& a, const MatrixView& b, float* c) {
  static const DnnlSgemm kDnnl = FindDnnl();
  static const BlasSgemm kBlas = FindBlas();
  if (shape.rows == 0 || shape.columns == 0) return;
  if (narrow_products && shape.columns >= kColumnsMinOneDnn) {
    return ByNarrow(NarrowGemm(), shape, a, b, c);
  }
  if (kDnnl != nullptr && shape.columns >= kColumnsMinOneDnn) return ByDnnl(kDnnl, shape, a, b, c);
  if (kBlas != nullptr) return ByBlas(kBlas, shape, a, b, c);
  ByTorch(shape, a, b, c);
}

}  // namespace dyna::nn
