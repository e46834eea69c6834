#pragma once

#include <cstddef>
#include <utility>

namespace dyna::fuzz {

/// What decoding n bytes may hold at once: fixed_bytes + per_byte * n, through malloc or new.
struct MemoryBound {
  std::size_t fixed_bytes = 0;
  std::size_t per_byte = 0;
};

/// Counts what this thread holds from its construction on. Needs AddressSanitizer, whose hooks see
/// every allocation, Eigen's and the libraries' too.
class PeakMemory {
 public:
  PeakMemory();
  ~PeakMemory();
  PeakMemory(const PeakMemory&) = delete;
  PeakMemory& operator=(const PeakMemory&) = delete;

  std::size_t peak_bytes() const noexcept;
};

/// Aborts, naming both, if `peak_bytes` is beyond the bound for `input_bytes`. Keeps the greatest
/// peak, and the greatest per input byte above the fixed part, for the line that is printed at exit
/// if DYNA_FUZZ_PEAKS is set.
void CheckPeak(const MemoryBound& bound, std::size_t input_bytes, std::size_t peak_bytes);

/// decode(), whose peak must stay within `bound` for so many bytes of input. The result counts too.
template <class Decode>
auto Bounded(const MemoryBound& bound, std::size_t input_bytes, Decode&& decode) {
  const PeakMemory memory;
  auto result = std::forward<Decode>(decode)();
  CheckPeak(bound, input_bytes, memory.peak_bytes());
  return result;
}

}  // namespace dyna::fuzz
