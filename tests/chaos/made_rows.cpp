#include "tests/chaos/made_rows.hpp"

#include <cstring>

namespace dyna::chaos {
namespace {

constexpr std::int64_t kObs = 17;
constexpr std::int64_t kAction = 6;

/// A number in [-1, 1) that depends on all of its arguments (the finaliser of SplitMix64).
float Value(const RowName& name, std::uint64_t column) {
  std::uint64_t x = name.seq * 0x9E3779B97F4A7C15ULL + name.epoch * 0xBF58476D1CE4E5B9ULL +
                    name.producer * 0x94D049BB133111EBULL + column;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  x ^= x >> 31U;
  return static_cast<float>(x >> 40U) / 8'388'608.0F - 1.0F;
}

template <class Matrix>
void Fill(Matrix& matrix, std::int64_t row, const RowName& name, std::uint64_t column) {
  for (std::int64_t i = 0; i < matrix.cols(); ++i) {
    matrix(row, i) = Value(name, column + static_cast<std::uint64_t>(i));
  }
}

template <class Dense>
bool SameBits(const Dense& a, const Dense& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), sizeof(float) * static_cast<std::size_t>(a.size())) == 0;
}

}  // namespace

std::string RowName::text() const {
  return "row " + std::to_string(seq) + " of producer " + std::to_string(producer) + " epoch " +
         std::to_string(epoch);
}

EnvSpec ChaosEnvironment() {
  EnvSpec spec;
  spec.name = "Chaos-v1";
  spec.observation = Space::Box(std::vector<double>(kObs, -1.0), std::vector<double>(kObs, 1.0));
  spec.action = Space::Box(std::vector<double>(kAction, -1.0), std::vector<double>(kAction, 1.0));
  spec.max_episode_steps = 1000;
  return spec;
}

TransitionBatch MakeRows(std::uint32_t producer, std::uint64_t epoch, std::uint64_t first,
                         std::int64_t rows) {
  auto batch = TransitionBatch::Zeros(rows, {kObs, kAction});
  for (std::int64_t row = 0; row < rows; ++row) {
    const RowName name{
        .producer = producer, .epoch = epoch, .seq = first + static_cast<std::uint64_t>(row)};
    Fill(batch.obs, row, name, 0);
    Fill(batch.next_obs, row, name, 100);
    Fill(batch.action, row, name, 200);
    batch.reward[row] = Value(name, 300);
    batch.terminated[row] = Value(name, 301) > 0.9F ? 1.0F : 0.0F;
    batch.truncated[row] = Value(name, 302) > 0.9F ? 1.0F : 0.0F;
    batch.provenance[static_cast<std::size_t>(row)] = {
        .episode = name.seq,
        .policy_version = epoch,
        .producer = producer,
        .step = static_cast<std::uint32_t>(name.seq % 1000)};
  }
  return batch;
}

RowName NameOf(const TransitionBatch& rows, std::int64_t row) {
  const Provenance& from = rows.provenance[static_cast<std::size_t>(row)];
  return {.producer = from.producer, .epoch = from.policy_version, .seq = from.episode};
}

bool IsAsMade(const TransitionBatch& rows, std::int64_t row) {
  const RowName name = NameOf(rows, row);
  const std::int64_t chosen[] = {row};
  const TransitionBatch found = rows.Select(chosen);
  const TransitionBatch made = MakeRows(name.producer, name.epoch, name.seq, 1);
  return SameBits(found.obs, made.obs) && SameBits(found.next_obs, made.next_obs) &&
         SameBits(found.action, made.action) && SameBits(found.reward, made.reward) &&
         SameBits(found.terminated, made.terminated) && SameBits(found.truncated, made.truncated) &&
         found.provenance == made.provenance;
}

}  // namespace dyna::chaos
