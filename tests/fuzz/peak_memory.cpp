#include "tests/fuzz/peak_memory.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "common/core/check.hpp"

// Of AddressSanitizer's runtime; GCC has the functions but not their header,
// sanitizer/allocator_interface.h.
extern "C" {
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void* memory,
                                                                std::size_t size),
                                              void (*on_free)(const volatile void* memory));
std::size_t __sanitizer_get_allocated_size(const volatile void* memory);
}

namespace dyna::fuzz {
namespace {

// Of this thread, while a PeakMemory lives. Signed: what was there before may be freed meanwhile.
thread_local bool t_counting = false;
thread_local long long t_live = 0;
thread_local long long t_peak = 0;

void OnMalloc(const volatile void* /*memory*/, std::size_t size) {
  if (!t_counting) return;
  t_live += static_cast<long long>(size);
  t_peak = std::max(t_peak, t_live);
}

void OnFree(const volatile void* memory) {
  if (!t_counting || memory == nullptr) return;
  t_live -= static_cast<long long>(__sanitizer_get_allocated_size(memory));
}

/// The greatest seen in this process.
struct Greatest {
  std::size_t peak_bytes = 0;
  std::size_t input_bytes = 0;
  double per_byte = 0.0;

  ~Greatest() {
    if (std::getenv("DYNA_FUZZ_PEAKS") == nullptr) return;  // NOLINT(concurrency-mt-unsafe)
    std::fprintf(stderr, "peak: %zu bytes for an input of %zu; at most %.2f per byte above fixed\n",
                 peak_bytes, input_bytes, per_byte);
  }
};
Greatest& TheGreatest() {
  static Greatest greatest;
  return greatest;
}

}  // namespace

PeakMemory::PeakMemory() {
  static const bool kInstalled = __sanitizer_install_malloc_and_free_hooks(OnMalloc, OnFree) != 0;
  DYNA_CHECK(kInstalled);
  DYNA_CHECK(!t_counting);
  t_live = t_peak = 0;
  t_counting = true;
}

PeakMemory::~PeakMemory() { t_counting = false; }

std::size_t PeakMemory::peak_bytes() const noexcept { return static_cast<std::size_t>(t_peak); }

void CheckPeak(const MemoryBound& bound, std::size_t input_bytes, std::size_t peak_bytes) {
  const std::size_t most = bound.fixed_bytes + bound.per_byte * input_bytes;
  DYNA_CHECK_MSG(peak_bytes <= most, "decoding " << input_bytes << " bytes held " << peak_bytes
                                                 << " bytes at once, the bound is " << most);
  Greatest& greatest = TheGreatest();
  if (peak_bytes > greatest.peak_bytes) {
    greatest.peak_bytes = peak_bytes;
    greatest.input_bytes = input_bytes;
  }
  if (peak_bytes > bound.fixed_bytes && input_bytes > 0) {
    greatest.per_byte =
        std::max(greatest.per_byte, static_cast<double>(peak_bytes - bound.fixed_bytes) /
                                        static_cast<double>(input_bytes));
  }
}

}  // namespace dyna::fuzz
