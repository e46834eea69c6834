#include "common/net/refusals.hpp"

#include <numeric>
#include <utility>

namespace dyna::net {

std::string_view Name(RefusalReason reason) noexcept {
  switch (reason) {
    case RefusalReason::kUnknownKey:
      return "unknown_key";
    case RefusalReason::kWrongRole:
      return "wrong_role";
    case RefusalReason::kForbidden:
      return "forbidden";
  }
  return "unknown";
}

void Refusals::Add(RefusalReason reason, std::string who) {
  const MutexLock lock(mutex_);
  ++counts_[static_cast<std::size_t>(reason)];
  last_ = std::move(who);
}

std::uint64_t Refusals::count(RefusalReason reason) const {
  const MutexLock lock(mutex_);
  return counts_[static_cast<std::size_t>(reason)];
}

std::uint64_t Refusals::total() const {
  const MutexLock lock(mutex_);
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::string Refusals::last() const {
  const MutexLock lock(mutex_);
  return last_;
}

}  // namespace dyna::net
