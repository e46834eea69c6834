// In a file of its own: inlined into a caller, GCC 12 takes the pair for a mismatched one.
#include "tests/support/allocation_count.hpp"

#include <cstdlib>
#include <new>

namespace dyna::testing_support {
namespace {
thread_local std::int64_t t_allocations = 0;
thread_local std::int64_t t_bytes = 0;
}  // namespace

std::int64_t Allocations() noexcept { return t_allocations; }
std::int64_t AllocatedBytes() noexcept { return t_bytes; }

void* CountedMalloc(std::size_t size) {
  ++t_allocations;
  t_bytes += static_cast<std::int64_t>(size);
  return std::malloc(size);
}

}  // namespace dyna::testing_support

void* operator new(std::size_t size) {
  if (void* memory = dyna::testing_support::CountedMalloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
