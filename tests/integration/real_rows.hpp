#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "common/core/transition_batch.hpp"
#include "common/ports/remote/shard_pool.hpp"

// What the shards of a running Pendulum cluster hold, and whether it is what actors have seen.

namespace dyna::testing_support {

/// A stranger who reads a running cluster's real rows.
class RowReader {
 public:
  explicit RowReader(const std::filesystem::path& run);

  /// The rows that each of `shards` shards has taken up to now, in the order it took them.
  std::vector<std::vector<TransitionBatch>> ReadAll(std::size_t shards);

 private:
  static bool Until(const std::function<bool()>& done);
  /// What the shards know of it: a reader has no environment of its own.
  EnvSpec AskEnvironment(const net::RequestPipeline::Options& options);

  net::Context context_;
  std::optional<ShardPool> pool_;
};

/// What is wrong with the rows of one shard, and how many trajectories broke off.
struct RowFindings {
  std::int64_t rows = 0;
  std::int64_t gaps = 0;    ///< a row is missing, or two are exchanged
  std::int64_t broken = 0;  ///< a trajectory neither ended nor went on
};
/// An actor's rows are one trajectory after the other.
RowFindings InspectRows(const std::vector<TransitionBatch>& batches);
/// Of all shards.
RowFindings InspectRows(const std::vector<std::vector<TransitionBatch>>& shards);

/// Rows that are there more than once, over all shards: no two steps of a continuous world agree
/// in every bit.
std::int64_t DoubledRows(const std::vector<std::vector<TransitionBatch>>& shards);

}  // namespace dyna::testing_support
