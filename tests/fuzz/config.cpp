// An experiment's file and its --set options: parts of text between zero bytes, the file first.
// Then what every role does with them.

#include "common/config/config.hpp"

#include <limits>
#include <optional>

#include "common/core/check.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/peak_memory.hpp"

namespace dyna::fuzz {
namespace {

/// toml++ keeps a node with its place in the text for every key: two letters and a dot may be a
/// table. The operator's own file, hence the large factor.
constexpr MemoryBound kBound = {.fixed_bytes = 64 << 10U, .per_byte = 512};

/// One key of each kind.
void ReadKeys(Config& config) {
  config.GetInt("run.seed", 0, 0, std::numeric_limits<std::int64_t>::max());
  config.GetDouble("learner.gamma", 0.99, 0.0, 1.0);
  config.GetBool("replay.prioritized", false);
  config.GetString("run.name", "run");
  config.GetChoice("learner.algorithm", "sac", {"sac", "dqn"});
  config.GetStrings("replay.durable", {"real"}, 0, 2);
  config.GetDoubles("learner.rates", {0.5}, 0, 8, -1.0, std::numeric_limits<double>::max());
  config.GetInts("model.hidden", {200, 200}, 1, 8, 1, 4096);
}

Config Parse(ByteView bytes) {
  std::string_view text = AsText(bytes);
  std::optional<Config> config;
  while (true) {
    const auto end = text.find('\0');
    const std::string_view part = text.substr(0, end);
    if (config) {
      config->Set(part);
    } else {
      config = Config::FromText(part, "fuzz.toml");
    }
    if (end == std::string_view::npos) return std::move(*config);
    text.remove_prefix(end + 1);
  }
}

}  // namespace

void RunConfig(ByteView bytes) {
  try {
    Config config = Bounded(kBound, bytes.size(), [&] { return Parse(bytes); });
    ReadKeys(config);
    config.RequireAllKeysUsed({"cluster"});
    const std::string effective = config.EffectiveToml();
    try {  // what is written into the run folder is read by the next run
      Config again = Config::FromText(effective, "effective.toml");
      ReadKeys(again);
      again.RequireAllKeysUsed({"cluster"});
      DYNA_CHECK_MSG(again.EffectiveToml() == effective, effective);
    } catch (const ConfigError& error) {
      DYNA_CHECK_MSG(false, error.what() << " in\n" << effective);
    }
  } catch (const ConfigError& error) {
    DYNA_CHECK(*error.what() != '\0');
  }
}

}  // namespace dyna::fuzz
