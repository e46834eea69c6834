#include "common/ports/sharded_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dyna {
namespace {

/// The shard whose interval of the cumulative masses holds `point`, in [0, their sum).
ShardTag ShardAt(const std::map<ShardTag, double>& mass, double point) {
  ShardTag last = mass.begin()->first;
  for (const auto& [shard, m] : mass) {
    if (m <= 0.0) continue;
    if (point < m) return shard;
    point -= m;
    last = shard;  // rounding may put the point past the last edge
  }
  return last;
}

std::map<ShardTag, std::int64_t> RowsPerShard(const std::vector<ShardTag>& shard_of_row) {
  std::map<ShardTag, std::int64_t> rows;
  for (const ShardTag shard : shard_of_row) ++rows[shard];
  return rows;
}

/// Why a shard's answer cannot be used; it may come from another machine.
std::optional<std::string> Fault(const SampleBatch& part, const SampleRequest& asked) {
  const auto count = static_cast<std::size_t>(asked.rows);
  const bool complete = part.rows.size() == asked.rows && part.ids.size() == count &&
                        part.weights.size() == asked.rows;
  if (!complete) return "a sample of another size than asked for";
  if (auto fault = part.rows.Fault()) return fault;
  if (!std::all_of(part.weights.begin(), part.weights.end(),
                   [](float weight) { return weight >= 0.0F && weight <= 1.0F; })) {
    return "an importance weight that is not in [0, 1]";
  }
  if (std::any_of(part.ids.begin(), part.ids.end(),
                  [](std::uint64_t id) { return id > kShardIdMax; })) {
    return "a row id of more than 48 bits";
  }
  const bool priorities = part.priority_min > 0.0 && part.priority_total >= part.priority_min;
  if (asked.prioritized && !priorities) return "a prioritized sample without its priorities";
  return std::nullopt;
}

}  // namespace

Result<SampleBatch> ShardedSampler::Sample(const SampleRequest& request) {
  auto found = unfinished_.find(request.table);
  if (found != unfinished_.end() && !(found->second.request == request)) {
    unfinished_.erase(found);
    found = unfinished_.end();
  }
  if (found == unfinished_.end()) {
    auto draw = Begin(request);
    if (!draw.ok()) return draw.error();
    found = unfinished_.emplace(request.table, std::move(draw).value()).first;
  }
  if (const Status fetched = Fetch(found->second); !fetched.ok()) {
    if (fetched.error().code != ErrorCode::kTimeout) unfinished_.erase(found);
    return fetched.error();
  }
  SampleBatch batch = Assemble(found->second);
  unfinished_.erase(found);
  return batch;
}

Result<ShardedSampler::Draw> ShardedSampler::Begin(const SampleRequest& request) {
  if (request.rows < 1 || request.rows > kRequestRowsMax) {
    return Error{ErrorCode::kInvalidArgument, "replay table '" + request.table + "': a sample of " +
                                                  std::to_string(request.rows) +
                                                  " rows, not 1 to " +
                                                  std::to_string(kRequestRowsMax)};
  }
  // A shard that could not be told to drop its stale rows must not be sampled (promise P5).
  if (const Status heard = shards_.Refresh(request.table); !heard.ok()) return heard.error();
  Draw draw{.request = request};
  double total = 0.0;
  for (const ShardSet::Shard& shard : shards_.shards()) {
    const TableCounters& counters = shard.tables.at(request.table).tally.latest();
    const double mass =
        request.prioritized ? counters.priority_total : static_cast<double>(counters.size);
    total += draw.mass[shard.tag] = mass;
  }
  if (!(total > 0.0)) {
    return Error{ErrorCode::kBackpressure,
                 "replay table '" + request.table + "': rows to sample: none in " +
                     std::to_string(shards_.shards().size()) + " shards" +
                     (request.prioritized ? " has a priority above 0" : "")};
  }
  for (std::int64_t row = 0; row < request.rows; ++row) {
    draw.shard_of_row.push_back(ShardAt(draw.mass, rng_.Uniform() * total));
  }
  return draw;
}

Status ShardedSampler::Fetch(Draw& draw) {
  Status complete = Done{};
  for (const auto& [tag, rows] : RowsPerShard(draw.shard_of_row)) {
    if (draw.parts.contains(tag)) continue;
    SampleRequest request = draw.request;
    request.rows = rows;
    const ShardSet::Shard& shard = *shards_.Find(tag);
    auto part = shard.port->Sample(request);
    if (!part.ok() && part.error().code == ErrorCode::kTimeout) {
      // Under way still; the others can be meanwhile.
      if (complete.ok()) complete = shard.Named(part.error());
      continue;
    }
    if (!part.ok()) return shard.Named(part.error());
    if (const auto fault = Fault(part.value(), request)) {
      return shard.Named({ErrorCode::kMalformed, *fault});
    }
    if (!draw.parts.empty() &&
        part.value().rows.shape() != draw.parts.begin()->second.rows.shape()) {
      return shard.Named({ErrorCode::kMalformed, "rows of another shape than the other shards'"});
    }
    draw.parts.emplace(tag, std::move(part).value());
  }
  return complete;
}

/// What to multiply the weights of each part by before they are compared.
///
/// Weights of a part are relative to its own rarest row. Row j of shard i has
///   1 / P = sum m / m_i * T_i / p_j^alpha,   p_j^alpha = priority_min_i * w_j^(-1/beta),
/// so with r_i = m_i * priority_min_i / T_i its weight is r_i^-beta * w_j, up to a common factor.
std::map<ShardTag, double> ShardedSampler::WeightScales(const Draw& draw) {
  std::map<ShardTag, double> scales;
  if (!draw.request.prioritized) return scales;
  double least = HUGE_VAL;
  for (const auto& [tag, part] : draw.parts) {
    scales[tag] = draw.mass.at(tag) * part.priority_min / part.priority_total;
    least = std::min(least, scales[tag]);
  }
  for (auto& [tag, scale] : scales) scale = std::pow(least / scale, draw.request.importance_beta);
  return scales;
}

SampleBatch ShardedSampler::Assemble(Draw& draw) {
  for (auto& [tag, part] : draw.parts) {
    for (std::uint64_t& id : part.ids) id = TaggedId(tag, id);
  }
  if (draw.parts.size() == 1) return std::move(draw.parts.begin()->second);

  const std::map<ShardTag, double> scales = WeightScales(draw);
  SampleBatch batch;
  const std::int64_t rows = draw.request.rows;
  batch.rows = TransitionBatch::Zeros(rows, draw.parts.begin()->second.rows.shape());
  batch.weights.resize(rows);
  std::map<ShardTag, std::int64_t> used;
  for (std::int64_t row = 0; row < rows; ++row) {
    const ShardTag tag = draw.shard_of_row[static_cast<std::size_t>(row)];
    const SampleBatch& part = draw.parts.at(tag);
    const std::int64_t from = used[tag]++;
    batch.rows.SetRow(row, part.rows, from);
    batch.ids.push_back(part.ids[static_cast<std::size_t>(from)]);
    batch.weights[row] = part.weights[from];
    if (draw.request.prioritized) batch.weights[row] *= static_cast<float>(scales.at(tag));
  }
  if (draw.request.prioritized) {
    batch.weights /= batch.weights.maxCoeff();
    batch.priority_min = HUGE_VAL;
    for (const auto& [tag, part] : draw.parts) {
      batch.priority_min = std::min(batch.priority_min, part.priority_min);
    }
    for (const auto& [tag, mass] : draw.mass) batch.priority_total += mass;
  }
  return batch;
}

void ShardedSampler::Load(const StateDict& state) {
  state.GetRng("rng", rng_);
  unfinished_.clear();
}

}  // namespace dyna
