#include "cli/data/data_file.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/data/hdf5.hpp"
#include "cli/data/npz.hpp"
#include "cli/data/transitions.hpp"

namespace dyna::cli {
namespace {

namespace fs = std::filesystem;

bool IsNpz(const std::string& path) {
  const std::string ending = fs::path(path).extension().string();
  if (ending == ".npz") return true;
  if (ending == ".hdf5" || ending == ".h5") return false;
  throw DataError("'" + path + "': its ending '" + ending + "' is not .npz, .hdf5 or .h5");
}

Hdf5Data ReadParts(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) throw DataError("'" + path + "': there is no such file");
  if (IsNpz(path)) return {.minari = false, .parts = {ReadNpz(path)}};
  return ReadHdf5(path);
}

}  // namespace

TransitionBatch ReadDataFiles(const std::vector<std::string>& paths, const EnvSpec& spec,
                              std::int64_t rows_max) {
  std::vector<TransitionBatch> batches;
  std::int64_t rows = 0;
  std::uint64_t episode = 0;
  for (const std::string& path : paths) {
    const Hdf5Data data = ReadParts(path);
    for (std::size_t i = 0; i < data.parts.size(); ++i) {
      std::string label = "'" + path + "'";
      if (data.minari) label += ", episode_" + std::to_string(i);
      TransitionBatch batch = ToRows(data.parts[i], data.minari, spec, label, episode);
      if (batch.size() == 0) continue;
      rows += batch.size();
      if (rows > rows_max) {
        throw DataError(label + ": rows " + std::to_string(rows) + " and on do not fit: at most " +
                        std::to_string(rows_max) + " (replay.real_capacity)");
      }
      episode = batch.provenance.back().episode + 1;
      batches.push_back(std::move(batch));
    }
  }
  if (rows == 0) throw DataError("no transition in '" + (paths.empty() ? "" : paths[0]) + "'");
  std::vector<const TransitionBatch*> parts;
  for (const TransitionBatch& batch : batches) parts.push_back(&batch);
  return TransitionBatch::Concatenate(parts);
}

void RequireDataFileName(const std::string& path) { (void)IsNpz(path); }

void WriteDataFile(const std::string& path, const TransitionBatch& rows, const EnvSpec& spec) {
  const Columns columns = ToColumns(rows, spec);
  if (IsNpz(path)) {
    WriteNpz(path, columns);
  } else {
    WriteHdf5(path, columns);
  }
}

}  // namespace dyna::cli
