#include "replay/service/shard_log.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <utility>
#include <vector>

#include "common/checkpoint/atomic_file.hpp"
#include "common/checkpoint/state_codec.hpp"
#include "common/core/check.hpp"
#include "common/core/rng.hpp"
#include "common/ports/replay_port.hpp"

namespace dyna::replay {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20U;
constexpr const char* kSnapshotPrefix = "snapshot-";
constexpr const char* kSnapshotSuffix = ".state";
/// Of a message that was logged: as long as any that can arrive.
constexpr std::uint64_t kPayloadBytesMax = std::uint64_t{64} << 20U;

/// Messages are logged as they travel: another protocol is another schema.
std::uint64_t Schema() { return StreamSeed(wire::kProtocol, "shard log"); }

/// Snapshots in the folder by number.
std::map<std::uint64_t, fs::path> SnapshotsIn(const fs::path& folder) {
  std::map<std::uint64_t, fs::path> found;
  std::error_code none;  // a folder that is not there yet holds none
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(kSnapshotPrefix) || !name.ends_with(kSnapshotSuffix)) continue;
    found[std::strtoull(name.c_str() + std::string(kSnapshotPrefix).size(), nullptr, 10)] =
        entry.path();
  }
  return found;
}

Result<StateDict> ReadSnapshot(const fs::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::vector<std::byte> bytes(file ? static_cast<std::size_t>(file.tellg()) : 0);
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file) return Error{ErrorCode::kMalformed, "it cannot be read"};
  return DecodeState(bytes);
}

}  // namespace

ShardLog::Options ShardLog::Options::From(Config& config) {
  Options options;
  options.folder = config.GetString("replay.folder", "");
  for (std::string& table : config.GetStrings("replay.durable", {"real"}, 0, 2)) {
    if (table != kRealTable && table != kSyntheticTable) {
      throw config.Wrong("replay.durable", R"(a list of "real" and "synthetic")");
    }
    options.tables.insert(std::move(table));
  }
  options.snapshot_bytes =
      static_cast<std::size_t>(kMebibyte * config.GetInt("replay.snapshot_mib", 256, 1, 1'000'000));
  options.segment_bytes =
      static_cast<std::size_t>(kMebibyte * config.GetInt("replay.segment_mib", 64, 1, 65'536));
  options.writer.waiting_bytes_max =
      static_cast<std::size_t>(kMebibyte * config.GetInt("replay.log_mib", 64, 1, 65'536));
  options.writer.gather = std::chrono::milliseconds(config.GetInt("replay.gather_ms", 0, 0, 1000));
  options.salvage = config.GetBool("replay.salvage", false);
  return options;
}

ShardLog::ShardLog(Options options, const Restore& restore)
    : options_(std::move(options)), lock_(options_.folder) {
  RemoveUnfinished(options_.folder, kSnapshotPrefix);
  const std::uint64_t from = RestoreSnapshot(restore);
  std::uint64_t expected = from;
  const auto require_next = [&](std::uint64_t number) {
    if (number <= expected) return;
    const std::string what = "'" + options_.folder.string() + "': messages " +
                             std::to_string(expected) + " to " + std::to_string(number) +
                             " are missing";
    if (!options_.salvage) {
      throw OperatorError(what +
                          ". Restore the folder from a backup, or go on without them: "
                          "replay.salvage = true");
    }
    recovered_.damage.push_back(what);
  };
  Journal journal({.folder = options_.folder,
                   .schema = Schema(),
                   .segment_bytes = options_.segment_bytes,
                   .needed_from = from,
                   .salvage = options_.salvage},
                  [&](std::uint64_t number, std::span<const std::byte> record) {
                    if (number < from) return;
                    require_next(number);
                    expected = number + 1;
                    RestoreMessage(number, record, restore);
                    ++recovered_.messages;
                    logged_bytes_ += record.size();
                  });
  // A log may begin behind its snapshot and hold nothing yet: that too is a gap.
  require_next(journal.next_sequence());
  recovered_.torn_bytes = journal.recovery().torn_bytes;
  const auto& damage = journal.recovery().damage;
  recovered_.damage.insert(recovered_.damage.end(), damage.begin(), damage.end());
  newest_ = asked_ = from;
  writer_ = std::make_unique<LogWriter>(std::move(journal), options_.writer);
}

std::uint64_t ShardLog::RestoreSnapshot(const Restore& restore) {
  const auto found = SnapshotsIn(options_.folder);
  for (auto newest = found.rbegin(); newest != found.rend(); ++newest) {
    const auto state = ReadSnapshot(newest->second);
    if (state.ok()) {
      restore.snapshot(state.value());
      recovered_.snapshot = true;
      return newest->first;
    }
    // The one before it is still there, and so are the messages since.
    recovered_.damage.push_back("'" + newest->second.string() + "' is damaged (" +
                                state.error().message + "); the one before it is used");
  }
  return 0;
}

void ShardLog::RestoreMessage(std::uint64_t number, std::span<const std::byte> record,
                              const Restore& restore) const {
  const auto wrong = [&](const std::string& why) {
    return OperatorError("'" + options_.folder.string() + "': message " + std::to_string(number) +
                         " does not decode: " + why);
  };
  if (record.size() < 4) throw wrong("it is too short");
  std::size_t head = 0;
  for (std::size_t i = 0; i < 4; ++i) head |= std::to_integer<std::size_t>(record[i]) << (8 * i);
  if (head > record.size() - 4) throw wrong("its head is longer than it");
  const std::array<wire::ByteView, 2> frames = {record.subspan(4, head), record.subspan(4 + head)};
  const auto envelope = wire::DecodeEnvelope(frames[0]);
  if (!envelope.ok()) throw wrong(envelope.error().message);
  const std::size_t count = wire::HasPayload(envelope.value().type) ? 2 : 1;
  const auto opened = wire::OpenFrames(std::span(frames).first(count), kPayloadBytesMax);
  if (!opened.ok()) throw wrong(opened.error().message);
  restore.message(opened.value());
}

std::uint64_t ShardLog::AddFrames(wire::ByteView payload) {
  std::vector<std::byte> record;
  record.reserve(4 + head_.size() + payload.size());
  for (std::size_t i = 0; i < 4; ++i) {
    record.push_back(static_cast<std::byte>((head_.size() >> (8 * i)) & 0xFFU));
  }
  record.insert(record.end(), head_.begin(), head_.end());
  record.insert(record.end(), payload.begin(), payload.end());
  logged_bytes_ += record.size();
  return writer_->Add(std::move(record));
}

fs::path ShardLog::SnapshotPath(std::uint64_t number) const {
  char name[64];
  std::snprintf(name, sizeof name, "%s%012llu%s", kSnapshotPrefix,
                static_cast<unsigned long long>(number), kSnapshotSuffix);
  return options_.folder / name;
}

bool ShardLog::SnapshotDue() const noexcept {
  return logged_bytes_ >= options_.snapshot_bytes && snapshots_asked_ == writer_->snapshots();
}

void ShardLog::Snapshot(const StateDict& state) {
  DYNA_CHECK(snapshots_asked_ == writer_->snapshots());
  const std::uint64_t number = next_number();
  // Two are kept, and the messages since the older one, also while the next is being written: the
  // newest may be damaged one day.
  for (const auto& [old, path] : SnapshotsIn(options_.folder)) {
    std::error_code ignored;
    if (old < newest_) fs::remove(path, ignored);
  }
  newest_ = asked_;
  writer_->Snapshot({.path = SnapshotPath(number),
                     .bytes = EncodeState(state),
                     .covers = number,
                     .free_below = newest_});
  asked_ = number;
  ++snapshots_asked_;
  logged_bytes_ = 0;
}

void ShardLog::AddTo(std::vector<zmq_pollitem_t>& items) const {
  items.push_back(
      {.socket = nullptr, .fd = writer_->news_fd(), .events = ZMQ_POLLIN, .revents = 0});
}

}  // namespace dyna::replay
