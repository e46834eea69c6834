#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "common/run/append_file.hpp"

namespace dyna {

/// Scalars as TensorBoard reads them, beside progress.csv. One record per step:
///
///   u64 bytes | u32 masked CRC-32C of these 8 bytes | an Event | u32 masked CRC-32C of it
///
/// little-endian (TensorFlow's TFRecord). An Event is a protobuf: 1 wall_time double, 2 step int64,
/// 3 file_version string (in the first record only), 5 summary {1 value {1 tag, 2 simple_value}}.
/// A record that was being written when the power went is the last and is cut off by Resume; until
/// then TensorBoard ignores it.
class TensorboardFile {
 public:
  using Scalars = std::vector<std::pair<std::string, double>>;

  /// Starts a new file, and its folder.
  static TensorboardFile Create(const std::filesystem::path& path);
  /// CheckpointError when the file is shorter than `bytes`.
  static TensorboardFile Resume(const std::filesystem::path& path, std::uint64_t bytes);

  /// Hands the record to the system at once, with the time of day. What is not finite is left out.
  void Append(std::int64_t step, const Scalars& scalars);
  /// Bytes on the disk for sure when this returns.
  std::uint64_t Sync() { return file_.Sync(); }

 private:
  explicit TensorboardFile(AppendFile file) : file_(std::move(file)) {}

  AppendFile file_;
};

/// A row of progress.csv by tag: "eval_return_mean" is "eval/return_mean", "wall_seconds_model"
/// "time/model", a loss "learner/NAME". The first column, the step, is left out.
TensorboardFile::Scalars ScalarsOf(const std::vector<std::string>& columns,
                                   const std::vector<std::string>& cells);

}  // namespace dyna
