#pragma once

#include <cstdint>
#include <string>

#include "common/core/env_spec.hpp"
#include "common/core/transition_batch.hpp"

namespace dyna::chaos {

/// Who made a row and which of its rows it is.
struct RowName {
  std::uint32_t producer = 0;
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
  bool operator==(const RowName&) const = default;
  auto operator<=>(const RowName&) const = default;
  std::string text() const;
};

/// The environment that the producers of a chaos run pretend to be in: rows of about 220 bytes, so
/// that a few thousand make a segment and a snapshot.
EnvSpec ChaosEnvironment();

/// Rows `first`, `first` + 1, ... Every value follows from the row's name, so that a row that is
/// read back is known to the bit without having been kept.
TransitionBatch MakeRows(std::uint32_t producer, std::uint64_t epoch, std::uint64_t first,
                         std::int64_t rows);
/// The name that a row carries. Anything if it is not one of ours.
RowName NameOf(const TransitionBatch& rows, std::int64_t row);
/// Whether it is, to the bit, the row that its name says.
bool IsAsMade(const TransitionBatch& rows, std::int64_t row);

}  // namespace dyna::chaos
