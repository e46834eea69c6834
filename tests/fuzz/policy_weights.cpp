// A policy as it is published: the payload of a state, read as weights, which then act.

#include "common/checkpoint/state_codec.hpp"
#include "common/core/check.hpp"
#include "common/core/error.hpp"
#include "common/nn/policy.hpp"
#include "tests/fuzz/peak_memory.hpp"
#include "tests/fuzz/repair.hpp"

namespace dyna::fuzz {
namespace {

/// Values are copied out of the arrays, one vector at a time through another one; a layer's
/// two headers are there for its few bytes of names.
constexpr MemoryBound kBound = {.fixed_bytes = 16 << 10U, .per_byte = 4};

/// As an actor uses them: they must fit its environment or be refused.
void Act(const nn::PolicyWeights& weights) {
  const EnvSpec spec = {.name = "Fuzz-v0",
                        .observation = weights.kind == nn::PolicyWeights::Kind::kQTable
                                           ? Space::Discrete(4)
                                           : Space::Box({-1.0, -1.0, -1.0}, {1.0, 1.0, 1.0}),
                        .action = weights.kind == nn::PolicyWeights::Kind::kSquashedGaussian
                                      ? Space::Box({-1.0}, {1.0})
                                      : Space::Discrete(2)};
  try {
    weights.RequireFits(spec);
  } catch (const CheckpointError&) {
    return;
  }
  const nn::Policy policy(weights);
  Rng rng(1, "fuzz");
  const RowMatrix obs = RowMatrix::Constant(2, spec.observation.columns(), 1.0F);
  for (const double epsilon : {0.0, 1.0}) {
    for (const bool deterministic : {false, true}) {
      const RowMatrix actions = policy.Act(obs, deterministic, epsilon, rng);
      DYNA_CHECK(actions.rows() == 2 && actions.cols() == 1);
    }
  }
}

}  // namespace

void RunPolicyWeights(ByteView bytes) {
  const auto state = DecodeState(StateOf(bytes));
  if (!state.ok()) return;
  try {
    const auto weights = Bounded(kBound, bytes.size(),
                                 [&] { return nn::PolicyWeights::FromStateDict(state.value()); });
    const StateDict again = weights.ToStateDict();
    DYNA_CHECK(nn::PolicyWeights::FromStateDict(again).ToStateDict() == again);
    for (const auto& [name, array] : again.arrays()) {
      DYNA_CHECK_MSG(state.value().Raw(name).bytes == array.bytes, name);
    }
    Act(weights);
  } catch (const CheckpointError&) {
    return;
  }
}

}  // namespace dyna::fuzz
