#pragma once

#include <functional>
#include <string>

#include "tests/fuzz/repair.hpp"

// The corpus in the tree: what the encoders write, in the form that each target reads.

namespace dyna::fuzz {

/// Takes one input of one target.
using TakeSeed =
    std::function<void(const std::string& target, const std::string& name, const Bytes& input)>;

/// Every seed, always the same bytes.
void MakeSeeds(const TakeSeed& take);

/// The parts of it.
void MakeWireSeeds(const TakeSeed& take);
void MakeStateSeeds(const TakeSeed& take);
void MakeLogSeeds(const TakeSeed& take);
void MakeTextSeeds(const TakeSeed& take);
void MakeBridgeSeeds(const TakeSeed& take);
void MakeDataSeeds(const TakeSeed& take);

}  // namespace dyna::fuzz
