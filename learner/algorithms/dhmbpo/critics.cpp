#include "learner/algorithms/dhmbpo/critics.hpp"

#include <torch/torch.h>

#include <cmath>
#include <string>

namespace dyna::learner::dhmbpo {
namespace {

constexpr double kLayerNormEps = 1e-5;

nn::FlatLayout CriticLayout(const Critics::Options& options) {
  nn::FlatLayout layout;
  std::int64_t in = options.inputs;
  for (std::size_t l = 0; l <= options.hidden.size(); ++l) {
    const std::int64_t out = l < options.hidden.size() ? options.hidden[l] : 1;
    layout.Add("weight" + std::to_string(l), {options.members, in, out});
    layout.Add("bias" + std::to_string(l), {options.members, 1, out});
    in = out;
  }
  return layout;
}

void FillNormal(const at::Tensor& tensor, double std, Rng& rng) {
  for (float& value : nn::FloatSpan(tensor)) value = static_cast<float>(std * rng.Normal());
}

}  // namespace

at::Tensor DropoutMask(at::IntArrayRef shape, double p, Rng& rng) {
  at::Tensor mask = torch::full(shape, 1.0 / (1.0 - p));
  if (p <= 0.0) return mask;
  // Gaps between dropped elements are geometric: a draw for each dropped one, not for each.
  const std::span<float> values = nn::FloatSpan(mask);
  const double log_keep = std::log1p(-p);
  const auto gap = [&] { return std::floor(std::log1p(-rng.Uniform()) / log_keep); };
  const auto size = static_cast<double>(values.size());
  for (double i = gap(); i < size; i += 1.0 + gap()) values[static_cast<std::size_t>(i)] = 0.0F;
  return mask;
}

Critics::Critics(const Options& options, Rng& init)
    : options_(options), online_(CriticLayout(options)), targets_(CriticLayout(options)) {
  const auto& values = online_.constants();
  for (std::size_t i = 0; i + 2 < values.size(); i += 2) {
    const auto fan_in = static_cast<double>(values[i].size(1));
    FillNormal(values[i], std::sqrt(2.0 / fan_in), init);
    FillNormal(values[i + 1], 0.5 / std::sqrt(fan_in), init);
  }
  targets_.flat().copy_(online_.flat());
}

at::Tensor Critics::Forward(const std::vector<at::Tensor>& parameters, const at::Tensor& input,
                            Rng* dropout) const {
  at::Tensor x = input.unsqueeze(0).expand({options_.members, input.size(0), input.size(1)});
  for (std::size_t i = 0; i < parameters.size(); i += 2) {
    if (i > 0) {
      if (dropout != nullptr && options_.dropout > 0.0) {
        x = x * DropoutMask(x.sizes(), options_.dropout, *dropout);
      }
      x = torch::silu(x);
      x = std::get<0>(
          torch::native_layer_norm(x, {x.size(2)}, /*weight=*/{}, /*bias=*/{}, kLayerNormEps));
    }
    x = torch::baddbmm(parameters[i + 1], x, parameters[i]);
  }
  return x.squeeze(2);
}

}  // namespace dyna::learner::dhmbpo
