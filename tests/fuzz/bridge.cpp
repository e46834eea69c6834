// What a Gymnasium bridge answers.
//   u16 environments; u16 observation columns; the answer, which is decoded as every type

#include <cmath>

#include "actors/envs/bridge/protocol.hpp"
#include "common/core/check.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/peak_memory.hpp"

namespace dyna::fuzz {
namespace {

using namespace envs::bridge;

/// A description's bounds are held twice while they become a space; an error is a text.
constexpr MemoryBound kBound = {.fixed_bytes = 1024, .per_byte = 4};

void CheckSpace(const Space& space) {
  if (space.discrete()) {
    DYNA_CHECK(space.n >= 1);
    return;
  }
  DYNA_CHECK(space.columns() >= 1 && space.low.size() == space.high.size());
  for (std::size_t i = 0; i < space.low.size(); ++i) {
    DYNA_CHECK(space.low[i] <= space.high[i]);
    DYNA_CHECK(std::isfinite(space.low[i]) || space.low[i] < 0);
    DYNA_CHECK(std::isfinite(space.high[i]) || space.high[i] > 0);
  }
}

}  // namespace

void RunBridge(ByteView bytes) {
  Input input(bytes);
  const std::size_t count = input.Number<std::uint16_t>();
  const std::int64_t columns = input.Number<std::uint16_t>();
  const ByteView answer = input.Rest();
  const auto bounded = [&](auto decode) { return Bounded(kBound, answer.size(), decode); };

  if (!bounded([&] { return DecodeHeader(answer); }).ok()) return;
  const auto made = bounded([&] { return DecodeMade(answer); });
  if (made.ok()) {
    CheckSpace(made.value().observation);
    CheckSpace(made.value().action);
    DYNA_CHECK(made.value().max_episode_steps >= 0);
    DYNA_CHECK(std::isfinite(made.value().reward_threshold.value_or(0.0)));
  }
  const auto obs = bounded([&] { return DecodeObservation(answer, columns); });
  if (obs.ok()) DYNA_CHECK(obs.value().size() == static_cast<std::size_t>(columns));
  const auto stepped = bounded([&] { return DecodeStepped(answer, count, columns); });
  if (stepped.ok()) {
    const Stepped& step = stepped.value();
    DYNA_CHECK(step.obs.size() == count * static_cast<std::size_t>(columns));
    DYNA_CHECK(step.reward.size() == count && step.terminated.size() == count);
    DYNA_CHECK(step.truncated.size() == count);
  }
  const auto frame = bounded([&] { return DecodeFrame(answer); });
  if (frame.ok()) {
    const envs::Image& image = frame.value();
    DYNA_CHECK(image.height > 0 && image.width > 0);
    DYNA_CHECK(image.rgb.size() == static_cast<std::size_t>(3 * image.height * image.width));
  }
  const auto info = bounded([&] { return DecodeInfo(answer); });
  if (info.ok()) DYNA_CHECK(info.value().size() <= answer.size());
  const auto failure = bounded([&] { return DecodeError(answer); });
  if (failure.ok()) DYNA_CHECK(failure.value().fault <= Fault::kSession);
}

}  // namespace dyna::fuzz
