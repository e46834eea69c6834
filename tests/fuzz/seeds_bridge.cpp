// Answers as the Python side packs them (actors/envs/bridge/PROTOCOL.md).

#include <limits>
#include <string_view>

#include "tests/fuzz/seed_writer.hpp"
#include "tests/fuzz/seeds.hpp"

namespace dyna::fuzz {
namespace {

constexpr std::uint16_t kEnvironments = 2;
constexpr std::uint16_t kColumns = 3;

/// Shapes, then the header of question 7's answer.
SeedWriter Answer(std::uint16_t type) {
  SeedWriter writer;
  writer.Number(kEnvironments).Number(kColumns).Text("DYGM").Number(std::uint16_t{1}).Number(type);
  writer.Number(std::uint64_t{7});
  return writer;
}

SeedWriter& PutText(SeedWriter& writer, std::string_view text) {
  return writer.Number(static_cast<std::uint32_t>(text.size())).Text(text);
}

}  // namespace

void MakeBridgeSeeds(const TakeSeed& take) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  auto boxes = Answer(2);
  boxes.Choice(0).Number(std::uint32_t{2}).Number(-1.0).Number(-kInfinity);
  boxes.Number(1.0).Number(kInfinity);
  boxes.Choice(0).Number(std::uint32_t{1}).Number(-2.0).Number(2.0);
  take("bridge", "made_boxes", boxes.Number(std::int64_t{200}).Choice(1).Number(475.0).bytes());
  auto discrete = Answer(2);
  discrete.Choice(1).Number(std::int64_t{16}).Choice(1).Number(std::int64_t{4});
  take("bridge", "made_discrete", discrete.Number(std::int64_t{0}).Choice(0).Number(0.0).bytes());
  take("bridge", "observation", Answer(4).Number(0.5).Number(-1.5).Number(2.5).bytes());
  auto stepped = Answer(6);
  for (int i = 0; i < kEnvironments * (kColumns + 1); ++i) stepped.Number(0.25 * i);
  take("bridge", "stepped", stepped.Choice(1).Choice(2).bytes());
  take("bridge", "frame",
       Answer(9).Number(std::uint32_t{1}).Number(std::uint32_t{2}).Text("rgbRGB").bytes());
  auto info = Answer(11);
  take("bridge", "info", PutText(info, R"({"speed": 1.5})").bytes());
  auto error = Answer(15);
  error.Choice(0);
  PutText(error, "RuntimeError: the gripper is stuck");
  take("bridge", "error", PutText(error, "Traceback (most recent call last):\n").bytes());
}

}  // namespace dyna::fuzz
