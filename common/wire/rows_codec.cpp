#include "common/wire/rows_codec.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "common/core/check.hpp"

namespace dyna::wire {
namespace {

// Provenance: three u64 and three u32.
constexpr std::size_t kProvenanceBytes = 36;

std::byte* PutFloats(std::byte* to, const float* values, std::int64_t count) {
  const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(float);
  if (bytes != 0) std::memcpy(to, values, bytes);  // memcpy of null is undefined even for 0 bytes
  return to + bytes;
}

const std::byte* TakeFloats(const std::byte* from, float* values, std::int64_t count) {
  const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(float);
  if (bytes != 0) std::memcpy(values, from, bytes);
  return from + bytes;
}

template <class T>
std::byte* PutField(std::byte* to, const std::vector<Provenance>& rows, T Provenance::*field) {
  for (const Provenance& row : rows) {
    StoreAt(to, row.*field);
    to += sizeof(T);
  }
  return to;
}

template <class T>
const std::byte* TakeField(const std::byte* from, std::vector<Provenance>& rows,
                           T Provenance::*field) {
  for (Provenance& row : rows) {
    row.*field = LoadAt<T>(from);
    from += sizeof(T);
  }
  return from;
}

bool AllFlags(const FloatVector& values) {
  return std::all_of(values.data(), values.data() + values.size(),
                     [](float value) { return value == 0.0F || value == 1.0F; });
}

}  // namespace

std::size_t RowBytes(TransitionShape shape) {
  DYNA_CHECK(shape.obs_columns >= 0 && shape.obs_columns <= kColumnsMax);
  DYNA_CHECK(shape.action_columns >= 0 && shape.action_columns <= kColumnsMax);
  const std::int64_t floats = 2 * shape.obs_columns + shape.action_columns + 3;
  return static_cast<std::size_t>(floats) * sizeof(float) + kProvenanceBytes;
}

Bytes EncodeRows(const TransitionBatch& rows) {
  Bytes bytes(static_cast<std::size_t>(rows.size()) * RowBytes(rows.shape()));
  EncodeRowsAt(rows, bytes.data());
  return bytes;
}

std::byte* EncodeRowsAt(const TransitionBatch& rows, std::byte* to) {
  rows.CheckConsistent();
  to = PutFloats(to, rows.obs.data(), rows.obs.size());
  to = PutFloats(to, rows.action.data(), rows.action.size());
  to = PutFloats(to, rows.reward.data(), rows.reward.size());
  to = PutFloats(to, rows.next_obs.data(), rows.next_obs.size());
  to = PutFloats(to, rows.terminated.data(), rows.terminated.size());
  to = PutFloats(to, rows.truncated.data(), rows.truncated.size());
  to = PutField(to, rows.provenance, &Provenance::episode);
  to = PutField(to, rows.provenance, &Provenance::policy_version);
  to = PutField(to, rows.provenance, &Provenance::model_version);
  to = PutField(to, rows.provenance, &Provenance::producer);
  to = PutField(to, rows.provenance, &Provenance::step);
  return PutField(to, rows.provenance, &Provenance::rollout_depth);
}

Result<TransitionBatch> DecodeRows(ByteView payload, std::int64_t rows, TransitionShape shape) {
  DYNA_CHECK(rows >= 0 && rows <= kRowsMax);
  const std::size_t row_bytes = RowBytes(shape);
  if (payload.size() != static_cast<std::size_t>(rows) * row_bytes) {
    return Error{ErrorCode::kMalformed, std::to_string(rows) + " rows of " +
                                            std::to_string(row_bytes) + " bytes in a payload of " +
                                            std::to_string(payload.size()) + " bytes"};
  }
  TransitionBatch batch = TransitionBatch::Uninitialised(rows, shape);
  const std::byte* from = payload.data();
  from = TakeFloats(from, batch.obs.data(), batch.obs.size());
  from = TakeFloats(from, batch.action.data(), batch.action.size());
  from = TakeFloats(from, batch.reward.data(), batch.reward.size());
  from = TakeFloats(from, batch.next_obs.data(), batch.next_obs.size());
  from = TakeFloats(from, batch.terminated.data(), batch.terminated.size());
  from = TakeFloats(from, batch.truncated.data(), batch.truncated.size());
  from = TakeField(from, batch.provenance, &Provenance::episode);
  from = TakeField(from, batch.provenance, &Provenance::policy_version);
  from = TakeField(from, batch.provenance, &Provenance::model_version);
  from = TakeField(from, batch.provenance, &Provenance::producer);
  from = TakeField(from, batch.provenance, &Provenance::step);
  from = TakeField(from, batch.provenance, &Provenance::rollout_depth);
  DYNA_CHECK(from == payload.data() + payload.size());
  if (!AllFlags(batch.terminated) || !AllFlags(batch.truncated)) {
    return Error{ErrorCode::kMalformed, "terminated or truncated is neither 0 nor 1"};
  }
  return batch;
}

}  // namespace dyna::wire
