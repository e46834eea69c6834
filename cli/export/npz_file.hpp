#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dyna::cli {

/// The bytes of a `.npz`: a zip archive, not compressed, of one `.npy` file per array, as
/// numpy.load reads it without pickle. (numpy's "NPY format", version 1.0; PKWARE APPNOTE 4.3.)
class NpzFile {
 public:
  /// Row-major float32. `shape` may be empty: a single value.
  void Add(const std::string& name, std::span<const float> values,
           const std::vector<std::int64_t>& shape);
  /// ASCII text, as numpy's zero-dimensional unicode array: str(npz["name"]).
  void AddText(const std::string& name, std::string_view text);

  /// The whole archive. Always the same bytes for the same arrays: members have no time.
  std::string Bytes() const;

 private:
  struct Member {
    std::string name;  ///< with ".npy"
    std::string bytes;
  };
  void AddArray(const std::string& name, const std::string& type, const std::string& shape,
                std::span<const std::byte> data);

  std::vector<Member> members_;
};

}  // namespace dyna::cli
