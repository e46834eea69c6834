#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/core/rng.hpp"
#include "common/ports/shard_set.hpp"

namespace dyna {

/// Samples the union of a table's shards as if it were one table: each row of the batch comes
/// from shard i with probability m_i / sum m, independently of the others, where m_i is what the
/// shard last said it holds: rows, or the sum of priority^alpha for a prioritized sample.
///
/// Uniform: every row of the union is equally likely in every place of the batch.
/// Prioritized: P(row) = m_i / sum m * p^alpha / T_i, with T_i the shard's sum when it drew. That
/// is the single table's p^alpha / sum T as long as m_i = T_i; if priorities moved since the
/// shard was last heard, the importance weights still are those of the P that was used.
class ShardedSampler {
 public:
  ShardedSampler(ShardSet& shards, std::uint64_t seed) : shards_(shards), rng_(seed, "sharded") {}

  /// All shards must answer: leaving a silent one out would skew the sample. All are asked, and
  /// on kTimeout the draw is kept, and the same request later asks only for what is missing; on
  /// another error it is dropped (shards that had drawn keep their count of it).
  Result<SampleBatch> Sample(const SampleRequest& request);

  void Save(StateDict& state) const { state.PutRng("rng", rng_); }
  void Load(const StateDict& state);

 private:
  /// A batch on its way.
  struct Draw {
    SampleRequest request = {};
    std::vector<ShardTag> shard_of_row = {};  ///< [B]
    std::map<ShardTag, double> mass = {};     ///< m_i
    std::map<ShardTag, SampleBatch> parts = {};
  };

  Result<Draw> Begin(const SampleRequest& request);
  Status Fetch(Draw& draw);
  static std::map<ShardTag, double> WeightScales(const Draw& draw);
  static SampleBatch Assemble(Draw& draw);

  ShardSet& shards_;
  Rng rng_;
  std::map<std::string, Draw> unfinished_;  ///< by table
};

}  // namespace dyna
