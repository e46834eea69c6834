#include "replay/allowance.hpp"

#include <string>

namespace dyna::replay {

Status Allowance::Admit(std::int64_t rows, std::uint64_t inserted) {
  const std::uint64_t after = inserted + static_cast<std::uint64_t>(rows);
  if (after <= inserted_max_) {
    wanted_ = 0;
    return Done{};
  }
  wanted_ = after;
  return Error{ErrorCode::kBackpressure,
               "grant: " + std::to_string(after) + " rows would be more than the " +
                   std::to_string(inserted_max_) + " that the learner has granted"};
}

Status Allowance::Take(const GrantOrder& order) {
  if (order.grants != grants_) {
    return Error{ErrorCode::kVersionMismatch,
                 "grant: an order based on " + std::to_string(order.grants) +
                     " grants, but there have been " + std::to_string(grants_)};
  }
  ++grants_;
  inserted_max_ = order.inserted_max;
  if (wanted_ <= inserted_max_) wanted_ = 0;
  return Done{};
}

void Allowance::Restart(std::uint64_t inserted) noexcept {
  if (inserted_max_ != kRowsUnlimited) Require(inserted);
  wanted_ = 0;
}

void Allowance::Require(std::uint64_t inserted) noexcept {
  inserted_max_ = inserted;
  wanted_ = 0;
}

}  // namespace dyna::replay
