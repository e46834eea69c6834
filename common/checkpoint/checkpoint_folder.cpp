#include "common/checkpoint/checkpoint_folder.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <utility>

#include "common/checkpoint/atomic_file.hpp"
#include "common/checkpoint/state_codec.hpp"
#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna {
namespace fs = std::filesystem;

namespace {

constexpr const char* kPrefix = "step_";

}  // namespace

CheckpointFolder::CheckpointFolder(fs::path folder, int keep)
    : folder_(std::move(folder)), keep_(keep) {
  DYNA_CHECK(keep >= 1);
}

fs::path CheckpointFolder::Save(std::int64_t step, const StateDict& state) const {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) throw OperatorError("cannot create '" + folder_.string() + "': " + error.message());
  char name[48];
  std::snprintf(name, sizeof name, "step_%09lld.ckpt", static_cast<long long>(step));
  fs::path path = folder_ / name;
  RemoveUnfinished(folder_, kPrefix);
  WriteFileAtomically(path, EncodeState(state));
  auto files = Files();
  for (std::size_t i = 0; i + static_cast<std::size_t>(keep_) < files.size(); ++i) {
    fs::remove(files[i], error);  // a leftover is harmless: the next save tries again
  }
  return path;
}

CheckpointFolder::Loaded CheckpointFolder::LoadLatest() const {
  auto files = Files();
  std::vector<std::string> refused;
  for (auto it = files.rbegin(); it != files.rend(); ++it) {
    try {
      return {.state = LoadFile(*it), .path = *it, .refused = std::move(refused)};
    } catch (const CheckpointError& error) {
      refused.emplace_back(error.what());
    }
  }
  std::string message = "no usable checkpoint in '" + folder_.string() + "'";
  for (const auto& reason : refused) message += "; " + reason;
  throw CheckpointError(message);
}

StateDict CheckpointFolder::LoadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw CheckpointError("checkpoint '" + path.string() + "' cannot be opened");
  std::vector<std::byte> bytes(static_cast<std::size_t>(file.tellg()));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file) throw CheckpointError("checkpoint '" + path.string() + "' cannot be read");
  auto decoded = DecodeState(bytes);
  if (!decoded.ok()) {
    throw CheckpointError("checkpoint '" + path.string() +
                          "' is refused: " + decoded.error().message);
  }
  return std::move(decoded).value();
}

std::vector<fs::path> CheckpointFolder::Files() const {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(kPrefix) && name.ends_with(".ckpt")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());  // zero-padded: name order is step order
  return files;
}

}  // namespace dyna
