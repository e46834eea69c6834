#include "cli/run_source.hpp"

#include <charconv>
#include <utility>

#include "common/core/error.hpp"

namespace dyna::cli {
namespace fs = std::filesystem;

std::int64_t RunSource::step() const {
  const std::string stem = checkpoint.stem().string();
  const std::string prefix = "step_";
  std::int64_t step = -1;
  if (!stem.starts_with(prefix)) return -1;
  const char* end = stem.data() + stem.size();
  const auto [last, error] = std::from_chars(stem.data() + prefix.size(), end, step);
  return error == std::errc() && last == end ? step : -1;
}

RunSource OpenRunOrCheckpoint(const fs::path& path) {
  RunSource source;
  if (fs::is_directory(path)) {
    source.folder = RunFolder::Open(path);
    auto loaded = source.folder->checkpoints().LoadLatest();
    source.checkpoint = std::move(loaded.path);
    source.state = std::move(loaded.state);
    source.refused = std::move(loaded.refused);
    return source;
  }
  if (!fs::exists(path)) {
    throw OperatorError("'" + path.string() +
                        "' is neither a run folder nor a checkpoint: "
                        "there is no such file");
  }
  source.checkpoint = path;
  source.state = CheckpointFolder::LoadFile(path);
  // RUN/checkpoints/step_N.ckpt
  const fs::path run = fs::absolute(path).parent_path().parent_path();
  if (fs::exists(run / "config.toml")) source.folder = RunFolder::Open(run);
  return source;
}

nn::PolicyWeights PublishedPolicy(const RunSource& source) {
  const StateDict arrays = source.state.Sub("run/learner/published/");
  if (arrays.arrays().empty()) {
    throw CheckpointError("checkpoint '" + source.checkpoint.string() +
                          "' holds no policy: it is not a learner's");
  }
  return nn::PolicyWeights::FromStateDict(arrays);
}

}  // namespace dyna::cli
