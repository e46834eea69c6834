#pragma once

#include <cstddef>
#include <cstdint>

namespace dyna::testing_support {

/// How often this thread has called `new` or CountedMalloc. Linking allocation_count.cpp replaces
/// the program's `new` by one that counts.
std::int64_t Allocations() noexcept;
/// The bytes of all of them, freed or not.
std::int64_t AllocatedBytes() noexcept;

/// malloc that counts, for libraries that let one choose.
void* CountedMalloc(std::size_t size);

}  // namespace dyna::testing_support
