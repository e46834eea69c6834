#include "replay/registry.hpp"

#include "replay/prioritized_sampler.hpp"
#include "replay/uniform_sampler.hpp"

namespace dyna::replay {

std::unique_ptr<Sampler> MakeSampler(SamplerKind kind, double priority_alpha) {
  switch (kind) {
    case SamplerKind::kUniform:
      return std::make_unique<UniformSampler>();
    case SamplerKind::kPrioritized:
      return std::make_unique<PrioritizedSampler>(priority_alpha);
  }
  DYNA_CHECK(false);
}

}  // namespace dyna::replay
