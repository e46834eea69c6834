#include "common/core/state_dict.hpp"

#include <cstring>
#include <numeric>
#include <type_traits>
#include <utility>

#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna {
namespace {

template <class T>
constexpr StateDict::Type TypeOf() {
  if constexpr (std::is_same_v<T, float>) return StateDict::Type::kFloat32;
  if constexpr (std::is_same_v<T, double>) return StateDict::Type::kFloat64;
  if constexpr (std::is_same_v<T, std::int64_t>) return StateDict::Type::kInt64;
  if constexpr (std::is_same_v<T, std::uint64_t>) return StateDict::Type::kUint64;
  if constexpr (std::is_same_v<T, std::uint8_t>) return StateDict::Type::kUint8;
}

const char* TypeName(StateDict::Type type) {
  switch (type) {
    case StateDict::Type::kFloat32:
      return "float32";
    case StateDict::Type::kFloat64:
      return "float64";
    case StateDict::Type::kInt64:
      return "int64";
    case StateDict::Type::kUint64:
      return "uint64";
    case StateDict::Type::kUint8:
      return "uint8";
  }
  return "unknown";
}

}  // namespace

std::size_t ElementBytes(StateDict::Type type) {
  switch (type) {
    case StateDict::Type::kFloat32:
      return 4;
    case StateDict::Type::kUint8:
      return 1;
    default:
      return 8;
  }
}

template <class T>
void StateDict::Put(std::string name, std::span<const T> values, std::vector<std::int64_t> shape) {
  if (shape.empty()) shape = {static_cast<std::int64_t>(values.size())};
  const std::int64_t elements =
      std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  DYNA_CHECK_MSG(elements == static_cast<std::int64_t>(values.size()), name);
  Array array{.type = TypeOf<T>(), .shape = std::move(shape), .bytes = {}};
  array.bytes.resize(values.size_bytes());
  if (!values.empty()) std::memcpy(array.bytes.data(), values.data(), values.size_bytes());
  arrays_[std::move(name)] = std::move(array);
}

void StateDict::PutString(std::string name, std::string_view text) {
  Put(std::move(name), std::span<const std::uint8_t>(
                           reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

void StateDict::PutRng(std::string name, const Rng& rng) {
  Put(std::move(name), std::span<const std::uint64_t>(rng.state()));
}

const StateDict::Array& StateDict::Raw(const std::string& name) const {
  const auto it = arrays_.find(name);
  if (it == arrays_.end()) throw CheckpointError("no entry '" + name + "'");
  return it->second;
}

template <class T>
std::vector<T> StateDict::Get(const std::string& name) const {
  std::vector<T> values(Raw(name).bytes.size() / sizeof(T));
  GetInto(name, std::span<T>(values));
  return values;
}

template <class T>
void StateDict::GetInto(const std::string& name, std::span<T> out) const {
  const Array& array = Raw(name);
  if (array.type != TypeOf<T>()) {
    throw CheckpointError("entry '" + name + "' is " + TypeName(array.type) + ", not " +
                          TypeName(TypeOf<T>()));
  }
  if (array.bytes.size() != out.size_bytes()) {
    throw CheckpointError("entry '" + name + "' has " +
                          std::to_string(array.bytes.size() / sizeof(T)) + " elements, not " +
                          std::to_string(out.size()));
  }
  if (!out.empty()) std::memcpy(out.data(), array.bytes.data(), array.bytes.size());
}

std::string StateDict::GetString(const std::string& name) const {
  const auto bytes = Get<std::uint8_t>(name);
  return {bytes.begin(), bytes.end()};
}

void StateDict::GetRng(const std::string& name, Rng& rng) const {
  Rng::State state{};
  GetInto(name, std::span<std::uint64_t>(state));
  rng.set_state(state);
}

void StateDict::Merge(const std::string& prefix, StateDict other) {
  for (auto& entry : other.arrays_) arrays_[prefix + entry.first] = std::move(entry.second);
}

StateDict StateDict::Sub(const std::string& prefix) const {
  StateDict result;
  for (auto it = arrays_.lower_bound(prefix); it != arrays_.end(); ++it) {
    if (!it->first.starts_with(prefix)) break;
    result.arrays_[it->first.substr(prefix.size())] = it->second;
  }
  return result;
}

#define DYNA_INSTANTIATE(T)                                                                    \
  template void StateDict::Put<T>(std::string, std::span<const T>, std::vector<std::int64_t>); \
  template std::vector<T> StateDict::Get<T>(const std::string&) const;                         \
  template void StateDict::GetInto<T>(const std::string&, std::span<T>) const;
DYNA_INSTANTIATE(float)
DYNA_INSTANTIATE(double)
DYNA_INSTANTIATE(std::int64_t)
DYNA_INSTANTIATE(std::uint64_t)
DYNA_INSTANTIATE(std::uint8_t)
#undef DYNA_INSTANTIATE

}  // namespace dyna
