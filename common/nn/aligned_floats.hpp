#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace dyna::nn {

/// Scratch of float32 that starts on a cache line and grows, never shrinks. Its values are
/// unspecified after it grew.
class AlignedFloats {
 public:
  /// Room for at least `size` elements; returns the first.
  float* Reserve(std::int64_t size) {
    if (size > capacity_) {
      data_.reset(static_cast<float*>(
          ::operator new(static_cast<std::size_t>(size) * sizeof(float), kLine)));
      capacity_ = size;
    }
    return data_.get();
  }
  float* data() noexcept { return data_.get(); }
  const float* data() const noexcept { return data_.get(); }

 private:
  static constexpr std::align_val_t kLine{64};
  struct Free {
    void operator()(float* p) const noexcept { ::operator delete(p, kLine); }
  };
  std::unique_ptr<float, Free> data_ = {};
  std::int64_t capacity_ = 0;
};

}  // namespace dyna::nn
