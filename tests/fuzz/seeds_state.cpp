#include "common/checkpoint/state_codec.hpp"
#include "common/nn/policy_weights.hpp"
#include "replay/replay_shard.hpp"
#include "tests/common/wire/wire_testing.hpp"
#include "tests/fuzz/seed_writer.hpp"
#include "tests/fuzz/seeds.hpp"

namespace dyna::fuzz {
namespace {

/// Without the header of 24 bytes, which the targets put before it.
Bytes PayloadOf(const StateDict& state) {
  const Bytes bytes = EncodeState(state);
  return {bytes.begin() + 24, bytes.end()};
}

StateDict EveryType() {
  StateDict state;
  state.Put("float32", std::vector<float>{1.0F, -2.5F}, {2, 1});
  state.Put("float64", std::vector<double>{0.25});
  state.Put("int64", std::vector<std::int64_t>{-1, 2, -3}, {3});
  state.Put("uint64", std::vector<std::uint64_t>{7});
  state.PutString("uint8", "text");
  state.Put("nothing", std::vector<float>{}, {0, 5});
  return state;
}

nn::PolicyWeights Weights(nn::PolicyWeights::Kind kind) {
  using Kind = nn::PolicyWeights::Kind;
  nn::PolicyWeights weights;
  weights.kind = kind;
  if (kind == Kind::kQTable) {
    weights.layers.push_back({RowMatrix::Constant(2, 4, 0.5F), {}});
    return weights;
  }
  weights.activation = kind == Kind::kQValues ? nn::Activation::kTanh : nn::Activation::kSilu;
  weights.layers.push_back({RowMatrix::Constant(2, 3, 0.25F), FloatVector::Constant(2, 1.0F)});
  weights.layers.push_back({RowMatrix::Constant(2, 2, -0.5F), FloatVector::Constant(2, 0.0F)});
  if (kind == Kind::kSquashedGaussian) {
    weights.action_center = FloatVector::Constant(1, 0.0F);
    weights.action_scale = FloatVector::Constant(1, 2.0F);
  }
  return weights;
}

/// Six rows, of which the first were dropped, so that the ring has gone round.
StateDict Table(bool prioritized) {
  const TransitionShape shape = {.obs_columns = 2, .action_columns = 1};
  replay::ReplayShard shard(
      {.tables = {{"real", {.capacity = 6, .shape = shape, .prioritized = prioritized}}},
       .incarnation = 1},
      7);
  for (int i = 0; i < 4; ++i) (void)shard.Append("real", wire::CountingRows(2, shape));
  StateDict state;
  shard.SaveTable("real", state);
  return state;
}

}  // namespace

void MakeStateSeeds(const TakeSeed& take) {
  const auto raw = [](const StateDict& state) {
    return SeedWriter().Choice(0).Add(EncodeState(state)).bytes();
  };
  const auto payload = [](std::uint8_t choice, const StateDict& state) {
    return SeedWriter().Choice(choice).Add(PayloadOf(state)).bytes();
  };
  take("state", "empty", raw({}));
  take("state", "every_type", raw(EveryType()));
  take("state", "every_type_repaired", payload(1, EveryType()));
  take("replay_table", "uniform", payload(0, Table(false)));
  take("replay_table", "prioritized", payload(1, Table(true)));
  using Kind = nn::PolicyWeights::Kind;
  take("policy_weights", "gaussian", PayloadOf(Weights(Kind::kSquashedGaussian).ToStateDict()));
  take("policy_weights", "q_values", PayloadOf(Weights(Kind::kQValues).ToStateDict()));
  take("policy_weights", "q_table", PayloadOf(Weights(Kind::kQTable).ToStateDict()));
}

}  // namespace dyna::fuzz
