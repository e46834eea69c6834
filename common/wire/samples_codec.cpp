#include "common/wire/samples_codec.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "common/core/check.hpp"

namespace dyna::wire {
namespace {

template <class T>
std::byte* PutArray(std::byte* to, const T* values, std::size_t count) {
  if (count != 0) std::memcpy(to, values, count * sizeof(T));
  return to + count * sizeof(T);
}

template <class T>
void TakeArray(ByteView& from, T* values, std::size_t count) {
  if (count != 0) std::memcpy(values, from.data(), count * sizeof(T));
  from = from.subspan(count * sizeof(T));
}

std::size_t BatchBytes(std::size_t rows, TransitionShape shape, bool weighted) {
  return rows * (RowBytes(shape) + sizeof(std::uint64_t) + (weighted ? sizeof(float) : 0));
}

Error WrongLength(std::size_t expected, std::size_t present) {
  return {ErrorCode::kMalformed, "a payload of " + std::to_string(present) +
                                     " bytes where its header announces " +
                                     std::to_string(expected)};
}

}  // namespace

Bytes EncodeSamples(std::span<const SampleBatch> batches, bool weighted) {
  DYNA_CHECK(!batches.empty());
  const TransitionShape shape = batches[0].rows.shape();
  const auto rows = static_cast<std::size_t>(batches[0].rows.size());
  Bytes bytes(batches.size() * BatchBytes(rows, shape, weighted));
  std::byte* to = bytes.data();
  for (const SampleBatch& batch : batches) {
    DYNA_CHECK(batch.rows.shape() == shape);
    DYNA_CHECK(static_cast<std::size_t>(batch.rows.size()) == rows && batch.ids.size() == rows);
    DYNA_CHECK(!weighted || static_cast<std::size_t>(batch.weights.size()) == rows);
    to = EncodeRowsAt(batch.rows, to);
    to = PutArray(to, batch.ids.data(), rows);
    if (weighted) to = PutArray(to, batch.weights.data(), rows);
  }
  return bytes;
}

Result<std::vector<SampleBatch>> DecodeSamples(const SampleReply& reply, ByteView payload,
                                               TransitionShape shape) {
  DYNA_CHECK(reply.rows >= 0 && reply.rows <= kRowsMax);
  DYNA_CHECK(reply.batches >= 0 && reply.batches <= kBatchesMax);
  const auto rows = static_cast<std::size_t>(reply.rows);
  const auto count = static_cast<std::size_t>(reply.batches);
  const std::size_t expected = count * BatchBytes(rows, shape, reply.weighted);
  if (payload.size() != expected) return WrongLength(expected, payload.size());
  std::vector<SampleBatch> batches(count);
  for (SampleBatch& batch : batches) {
    const std::size_t rows_bytes = rows * RowBytes(shape);
    auto decoded = DecodeRows(payload.first(rows_bytes), reply.rows, shape);
    if (!decoded.ok()) return decoded.error();
    batch.rows = std::move(decoded).value();
    payload = payload.subspan(rows_bytes);
    batch.ids.resize(rows);
    TakeArray(payload, batch.ids.data(), rows);
    batch.weights = FloatVector::Ones(reply.rows);
    if (reply.weighted) TakeArray(payload, batch.weights.data(), rows);
    if (!batch.weights.allFinite()) {
      return Error{ErrorCode::kMalformed, "an importance weight is not finite"};
    }
  }
  return batches;
}

Bytes EncodePriorities(const Priorities& priorities) {
  const std::size_t count = priorities.ids.size();
  DYNA_CHECK(priorities.values.size() == count);
  Bytes bytes(count * (sizeof(std::uint64_t) + sizeof(double)));
  PutArray(PutArray(bytes.data(), priorities.ids.data(), count), priorities.values.data(), count);
  return bytes;
}

Result<Priorities> DecodePriorities(const UpdatePriorities& message, ByteView payload) {
  DYNA_CHECK(message.count >= 0 && message.count <= kRowsMax);
  const auto count = static_cast<std::size_t>(message.count);
  const std::size_t expected = count * (sizeof(std::uint64_t) + sizeof(double));
  if (payload.size() != expected) return WrongLength(expected, payload.size());
  Priorities priorities = {.ids = std::vector<std::uint64_t>(count),
                           .values = std::vector<double>(count)};
  TakeArray(payload, priorities.ids.data(), count);
  TakeArray(payload, priorities.values.data(), count);
  const bool good = std::all_of(priorities.values.begin(), priorities.values.end(),
                                [](double value) { return std::isfinite(value) && value >= 0.0; });
  if (!good) return Error{ErrorCode::kMalformed, "a priority is negative or not finite"};
  return priorities;
}

}  // namespace dyna::wire
