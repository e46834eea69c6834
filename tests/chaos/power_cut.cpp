#include "tests/chaos/power_cut.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "common/core/check.hpp"

namespace dyna::chaos {
namespace {

namespace fs = std::filesystem;

/// What a disk writes or forgets as one.
constexpr std::uint64_t kPageBytes = 512;

std::uint64_t InodeOf(const fs::path& path) {
  struct stat found = {};
  DYNA_CHECK_MSG(::stat(path.c_str(), &found) == 0, path.string());
  return found.st_ino;
}

}  // namespace

Disk::Disk(fs::path folder, fs::path side) : folder_(std::move(folder)), side_(std::move(side)) {
  fs::create_directories(folder_);
  fs::create_directories(side_ / "graves");
  SyncAll();
}

std::map<std::string, std::uint64_t> Disk::NamesNow() const {
  std::map<std::string, std::uint64_t> names;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    names[entry.path().filename()] = InodeOf(entry.path());
  }
  return names;
}

void Disk::SyncAll() {
  fs::remove_all(side_ / "graves");
  fs::create_directories(side_ / "graves");
  std::ofstream events(side_ / "events", std::ios::trunc);
  const auto names = NamesNow();
  for (const auto& [name, inode] : names) {
    events << "S " << inode << ' ' << fs::file_size(folder_ / name) << '\n';
  }
  events << "D\n";
  for (const auto& [name, inode] : names) events << "E " << inode << ' ' << name << '\n';
  events << "F\n";
}

Disk::State Disk::ReadRecord() const {
  State state;
  std::map<std::string, std::uint64_t> listed;
  std::ifstream events(side_ / "events");
  for (std::string line; std::getline(events, line);) {
    if (events.eof()) break;  // a last line without its end: the writer died in it
    std::istringstream words(line);
    char what = 0;
    std::uint64_t inode = 0;
    words >> what >> inode;
    if (what == 'C') state.synced[inode] = 0;
    if (what == 'S') words >> state.synced[inode];
    if (what == 'R') words >> state.renames[inode].from >> state.renames[inode].to;
    if (what == 'D') listed.clear();
    if (what == 'E') {
      std::string name;
      words >> name;
      listed[name] = inode;
    }
    if (what == 'F') {
      state.names = listed;
      // One that was not in the listing yet came later than it.
      std::erase_if(state.renames, [&](const auto& entry) {
        const auto found = listed.find(entry.second.to);
        return found != listed.end() && found->second == entry.first;
      });
    }
  }
  return state;
}

void Disk::CutNames(const State& state, Rng& rng, Cut& cut) {
  const auto now = NamesNow();
  for (const auto& [name, inode] : now) {
    const auto synced = state.names.find(name);
    if (synced != state.names.end() && synced->second == inode) continue;
    if (rng.Below(2) == 0) continue;  // it reached the disk all the same
    const auto renamed = state.renames.find(inode);
    if (renamed != state.renames.end() && renamed->second.to == name && rng.Below(2) == 0) {
      fs::rename(folder_ / name, folder_ / renamed->second.from);
      ++cut.renames_undone;
    } else {
      fs::remove(folder_ / name);
      ++cut.names_lost;
    }
  }
  for (const auto& [name, inode] : state.names) {
    const fs::path grave = side_ / "graves" / std::to_string(inode);
    const auto there = now.find(name);
    const bool gone = there == now.end() || there->second != inode;
    if (!gone || !fs::exists(grave) || rng.Below(2) == 0) continue;
    fs::rename(grave, folder_ / name);
    ++cut.names_back;
  }
}

void Disk::CutFile(const fs::path& path, std::uint64_t synced, Rng& rng, Cut& cut) {
  const std::uint64_t bytes = fs::file_size(path);
  if (synced >= bytes) return;
  const std::uint64_t kept = synced + rng.Below(bytes - synced + 1);
  cut.bytes_lost += bytes - kept;
  fs::resize_file(path, kept);
  // Of what is left, any page may be as it was before it was written.
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const bool junk = rng.Below(2) == 0;
  if (rng.Below(3) == 0) return;
  for (std::uint64_t at = synced; at < kept;) {
    const std::uint64_t end = std::min(kept, (at / kPageBytes + 1) * kPageBytes);
    if (rng.Below(4) == 0) {
      std::string page(end - at, '\0');
      for (char& byte : page) byte = junk ? static_cast<char>(rng.Below(256)) : '\0';
      file.seekp(static_cast<std::streamoff>(at));
      file << page;
      cut.bytes_spoilt += page.size();
    }
    at = end;
  }
}

Disk::Cut Disk::CutPower(Rng& rng) {
  Cut cut;
  const State state = ReadRecord();
  CutNames(state, rng, cut);
  for (const auto& [name, inode] : NamesNow()) {
    const auto synced = state.synced.find(inode);
    CutFile(folder_ / name, synced == state.synced.end() ? 0 : synced->second, rng, cut);
  }
  SyncAll();
  return cut;
}

std::string Disk::Cut::text() const {
  return std::to_string(bytes_lost) + " bytes lost, " + std::to_string(bytes_spoilt) + " spoilt, " +
         std::to_string(names_lost) + " names lost, " + std::to_string(names_back) + " back, " +
         std::to_string(renames_undone) + " renames undone";
}

}  // namespace dyna::chaos
