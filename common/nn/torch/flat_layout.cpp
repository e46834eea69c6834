#include "common/nn/torch/flat_layout.hpp"

#include <torch/torch.h>

#include <functional>
#include <numeric>
#include <sstream>
#include <utility>

#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna::nn {

std::size_t FlatLayout::Add(std::string name, std::vector<std::int64_t> shape) {
  const std::int64_t size =
      std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  DYNA_CHECK(size > 0);
  entries_.push_back({std::move(name), std::move(shape), size_, size});
  size_ += size;
  return entries_.size() - 1;
}

at::Tensor FlatLayout::Zeros(at::ScalarType type) const { return at::zeros({size_}, type); }

at::Tensor FlatLayout::View(const at::Tensor& flat, std::size_t entry) const {
  DYNA_CHECK(entry < entries_.size() && flat.dim() == 1 && flat.size(0) == size_);
  const Entry& e = entries_[entry];
  return flat.narrow(0, e.offset, e.size).view(e.shape);
}

void FlatLayout::Save(const std::string& prefix, const at::Tensor& flat, StateDict& state) const {
  DYNA_CHECK(flat.numel() == size_);
  const std::span<const float> values = FloatSpan(flat);
  for (const Entry& e : entries_) {
    state.Put(prefix + e.name,
              values.subspan(static_cast<std::size_t>(e.offset), static_cast<std::size_t>(e.size)),
              e.shape);
  }
}

void FlatLayout::Load(const std::string& prefix, const StateDict& state, at::Tensor& flat) const {
  DYNA_CHECK(flat.numel() == size_);
  const std::span<float> values = FloatSpan(flat);
  for (const Entry& e : entries_) {
    const std::string name = prefix + e.name;
    if (state.Raw(name).shape != e.shape) {
      std::ostringstream message;
      message << "entry '" << name << "' has shape " << at::IntArrayRef(state.Raw(name).shape)
              << " where this run needs " << at::IntArrayRef(e.shape);
      throw CheckpointError(message.str());
    }
    state.GetInto(
        name, values.subspan(static_cast<std::size_t>(e.offset), static_cast<std::size_t>(e.size)));
  }
}

std::span<float> FloatSpan(const at::Tensor& tensor) {
  DYNA_CHECK(tensor.scalar_type() == at::kFloat && tensor.is_contiguous() && tensor.is_cpu());
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

}  // namespace dyna::nn
