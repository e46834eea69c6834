#pragma once

#include <cereal/cereal.hpp>
#include <string>
#include <type_traits>
#include <utility>

#include "common/wire/bytes.hpp"

// cereal's own archives trust the counts they read and let any byte be a bool, so ours are little:
// numbers as they lie in memory (little-endian), a bool as 0 or 1, and nothing else without a bound
// (bounded_fields.hpp). No pointers, no polymorphism, no versions per class: cereal's headers for
// types are never included.

namespace dyna::wire {

/// Appends to `bytes`. Aborts on a field beyond its bounds: that is our bug.
class BoundedWriter : public cereal::OutputArchive<BoundedWriter> {
 public:
  explicit BoundedWriter(Bytes& bytes) : OutputArchive(this), bytes_(&bytes) {}
  void Raw(ByteView raw) {
    if (raw.empty()) return;  // memcpy of null is undefined even for 0 bytes
    const std::size_t at = bytes_->size();
    bytes_->resize(at + raw.size());
    std::memcpy(bytes_->data() + at, raw.data(), raw.size());
  }

 private:
  Bytes* bytes_;
};

/// Reads from the front. The first thing wrong is kept as `problem()`; every later read gives zeros
/// and reads nothing, so that no loop goes on and no exception is needed.
class BoundedReader : public cereal::InputArchive<BoundedReader> {
 public:
  explicit BoundedReader(ByteView bytes) : InputArchive(this), left_(bytes) {}

  /// The next `count` bytes; empty, and a problem, if they are not there.
  ByteView Take(std::size_t count) {
    if (count > left_.size()) Fail("it ends too early");
    if (failed_) return {};
    const ByteView taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }
  void Fail(std::string problem) {
    if (!failed_) problem_ = std::move(problem);
    failed_ = true;
  }
  bool failed() const noexcept { return failed_; }
  const std::string& problem() const noexcept { return problem_; }
  std::size_t bytes_left() const noexcept { return left_.size(); }

 private:
  ByteView left_;
  bool failed_ = false;
  std::string problem_ = {};
};

/// A T as it is, without a check; for the functions of bounded_fields.hpp.
template <class T>
void WriteNumber(BoundedWriter& archive, T value) {
  archive.Raw(std::as_bytes(std::span(&value, 1)));
}
template <class T>
T ReadNumber(BoundedReader& archive) {
  const ByteView raw = archive.Take(sizeof(T));
  return raw.empty() ? T{} : LoadAt<T>(raw.data());
}

}  // namespace dyna::wire

CEREAL_SETUP_ARCHIVE_TRAITS(dyna::wire::BoundedReader, dyna::wire::BoundedWriter)
