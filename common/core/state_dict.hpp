#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/rng.hpp"

namespace dyna {

/// Named arrays: what checkpoints and published weights are made of.
///
/// Every core saves itself under a prefix ("learner/critic0/weight") and loads itself back.
/// Get* throw CheckpointError naming the entry when it is absent, of another type or of
/// another shape: a dict may come from a file.
class StateDict {
 public:
  enum class Type : std::uint8_t { kFloat32, kFloat64, kInt64, kUint64, kUint8 };

  struct Array {
    Type type = Type::kFloat32;
    std::vector<std::int64_t> shape = {};
    std::vector<std::byte> bytes = {};  ///< row-major, native little-endian
    bool operator==(const Array&) const = default;
  };

  /// Stores a copy. `shape` empty means one axis of values.size(). Replaces an entry of that name.
  /// T is float, double, std::int64_t, std::uint64_t or std::uint8_t.
  template <class T>
  void Put(std::string name, std::span<const T> values, std::vector<std::int64_t> shape = {});
  template <class T>
  void Put(std::string name, const std::vector<T>& values, std::vector<std::int64_t> shape = {}) {
    Put(std::move(name), std::span<const T>(values), std::move(shape));
  }
  /// A single value.
  template <class T>
  void PutScalar(std::string name, T value) {
    Put(std::move(name), std::span<const T>(&value, 1), {1});
  }
  void PutString(std::string name, std::string_view text);
  void PutRng(std::string name, const Rng& rng);

  bool Has(const std::string& name) const { return arrays_.contains(name); }
  const Array& Raw(const std::string& name) const;
  /// All values, whatever the shape.
  template <class T>
  std::vector<T> Get(const std::string& name) const;
  /// Copies into `out`, whose size must be the entry's.
  template <class T>
  void GetInto(const std::string& name, std::span<T> out) const;
  template <class T>
  T GetScalar(const std::string& name) const {
    T value{};
    GetInto(name, std::span<T>(&value, 1));
    return value;
  }
  std::string GetString(const std::string& name) const;
  void GetRng(const std::string& name, Rng& rng) const;

  /// Copies every entry of `other` in, its name prefixed by `prefix`.
  void Merge(const std::string& prefix, StateDict other);
  /// The entries whose names begin with `prefix`, without it.
  StateDict Sub(const std::string& prefix) const;

  const std::map<std::string, Array>& arrays() const noexcept { return arrays_; }
  void PutRaw(std::string name, Array array) { arrays_[std::move(name)] = std::move(array); }
  bool operator==(const StateDict&) const = default;

 private:
  std::map<std::string, Array> arrays_;
};

/// Bytes of one element.
std::size_t ElementBytes(StateDict::Type type);

}  // namespace dyna
