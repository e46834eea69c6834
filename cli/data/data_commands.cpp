#include "cli/data/data_commands.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "actors/envs/registry.hpp"
#include "cli/data/data_file.hpp"
#include "common/config/config.hpp"
#include "common/core/check.hpp"
#include "common/core/error.hpp"
#include "common/ports/replay_port.hpp"
#include "common/run/run_folder.hpp"
#include "replay/replay_options.hpp"
#include "replay/replay_shard.hpp"

namespace dyna::cli {
namespace {

TransitionBatch ReadAll(const replay::ReplayShard& shard) {
  std::vector<TransitionBatch> batches;
  for (std::uint64_t cursor = 0;;) {
    auto read = shard.ReadSince(kRealTable, cursor, kRequestRowsMax);
    DYNA_CHECK_MSG(read.ok(), read.error().message);
    cursor = read.value().next_cursor;
    const bool last = read.value().rows.size() == 0;
    if (!last || batches.empty()) batches.push_back(std::move(read.value().rows));
    if (last) break;
  }
  std::vector<const TransitionBatch*> parts;
  for (const TransitionBatch& batch : batches) parts.push_back(&batch);
  return TransitionBatch::Concatenate(parts);
}

/// Environments that step together mix their rows; a file has one episode after the other.
TransitionBatch EpisodeByEpisode(const TransitionBatch& rows) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows.size()));
  std::iota(order.begin(), order.end(), 0);
  const auto key = [&rows](std::int64_t row) {
    const Provenance& from = rows.provenance[static_cast<std::size_t>(row)];
    return std::tuple(from.producer, from.episode, from.step);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&key](std::int64_t a, std::int64_t b) { return key(a) < key(b); });
  return rows.Select(order);
}

}  // namespace

void ExportData(const DataExportArguments& arguments, std::ostream& out) {
  RequireDataFileName(arguments.out);
  const RunFolder folder = RunFolder::Open(arguments.run);
  Config config = Config::FromFile(folder.config_path().string());
  const auto loaded = folder.checkpoints().LoadLatest();
  const StateDict state = loaded.state.Sub("run/replay/real/");
  if (state.arrays().empty()) {
    throw CheckpointError("'" + loaded.path.string() +
                          "' holds no real table: only runs of `dyna train` do, the rows of a "
                          "cluster lie in its shards");
  }
  const EnvSpec spec = envs::MakeEnvironments(config, 1)[0]->spec();
  auto options = replay::ReplayOptions::From(config, spec.transition_shape()).shard();
  options.tables.erase(kSyntheticTable);
  replay::ReplayShard shard(options, /*seed=*/0);
  shard.LoadTable(kRealTable, state);
  const TransitionBatch rows = EpisodeByEpisode(ReadAll(shard));
  WriteDataFile(arguments.out, rows, spec);
  out << arguments.out << ": " << rows.size() << " real transitions of " << spec.name << ", from "
      << loaded.path.string() << '\n';
}

}  // namespace dyna::cli
