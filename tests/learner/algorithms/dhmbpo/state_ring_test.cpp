#include "learner/algorithms/dhmbpo/state_ring.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <deque>
#include <set>

#include "common/core/error.hpp"

namespace dyna::learner::dhmbpo {
namespace {

TEST(StateRingTest, HoldsWhatADequeOfTheNewestHolds) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Rng rng(seed, "test");
    StateRing ring(7, 2);
    std::deque<float> newest;
    float next = 0;
    for (int step = 0; step < 30; ++step) {
      const auto rows = static_cast<std::int64_t>(rng.Below(12));
      at::Tensor states = torch::empty({rows, 2});
      for (std::int64_t i = 0; i < rows; ++i) {
        states[i] = next;
        newest.push_back(next++);
      }
      while (newest.size() > 7) newest.pop_front();
      ring.Add(states);
      ASSERT_EQ(ring.size(), static_cast<std::int64_t>(newest.size()));
      if (newest.empty()) continue;
      const at::Tensor drawn = ring.Draw(200, rng);
      std::set<float> seen;
      for (std::int64_t i = 0; i < 200; ++i) seen.insert(drawn[i][0].item<float>());
      EXPECT_EQ(seen, std::set<float>(newest.begin(), newest.end()));
    }
  }
}

TEST(StateRingTest, ALoadedOneGoesOn) {
  StateRing one(4, 1), two(4, 1);
  one.Add(torch::arange(6).to(torch::kFloat32).unsqueeze(1));
  StateDict state;
  one.Save("ring/", state);
  two.Load("ring/", state);
  Rng rng(1, "test"), same = rng;
  one.Add(torch::full({1, 1}, 9.0F));
  two.Add(torch::full({1, 1}, 9.0F));
  EXPECT_TRUE(torch::equal(one.Draw(50, rng), two.Draw(50, same)));
}

TEST(StateRingTest, AForeignStateIsRefused) {
  StateRing ring(4, 1);
  StateDict state;
  ring.Save("ring/", state);
  state.PutScalar<std::int64_t>("ring/size", 5);
  EXPECT_THROW(ring.Load("ring/", state), CheckpointError);
}

}  // namespace
}  // namespace dyna::learner::dhmbpo
