#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/core/rng.hpp"

namespace dyna::chaos {

/// A shard's folder and the record that the shim keeps of it beside (shim/disk_record.hpp), and the
/// harness' power switch. No shard may run meanwhile.
class Disk {
 public:
  /// Both folders are made. `side` must be on the same file system.
  Disk(std::filesystem::path folder, std::filesystem::path side);

  const std::filesystem::path& folder() const noexcept { return folder_; }
  const std::filesystem::path& side() const noexcept { return side_; }

  /// From now on all that is there is on the disk.
  void SyncAll();

  struct Cut {
    std::uint64_t bytes_lost = 0;
    std::uint64_t bytes_spoilt = 0;  ///< not synced and overwritten with junk or zeros
    int names_lost = 0;              ///< made and not synced
    int names_back = 0;              ///< removed, which was not synced
    int renames_undone = 0;
    std::string text() const;
  };
  /// Takes away what was not synced, or some of it, as the loss of power may: every file keeps what
  /// was synced of it and a random part of the rest, in which pages may be missing, also before
  /// others that are there; every change of a name since the folder was synced may be undone by
  /// itself. POSIX promises no order among them.
  Cut CutPower(Rng& rng);

 private:
  struct Rename {
    std::string from = {};
    std::string to = {};
  };
  struct State {
    std::map<std::uint64_t, std::uint64_t> synced = {};  ///< bytes by inode
    std::map<std::string, std::uint64_t> names = {};     ///< as last synced, with their inodes
    std::map<std::uint64_t, Rename> renames = {};        ///< since then, by inode
  };
  State ReadRecord() const;
  std::map<std::string, std::uint64_t> NamesNow() const;
  void CutNames(const State& state, Rng& rng, Cut& cut);
  void CutFile(const std::filesystem::path& path, std::uint64_t synced, Rng& rng, Cut& cut);

  std::filesystem::path folder_;
  std::filesystem::path side_;
};

}  // namespace dyna::chaos
