#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/mutex.hpp"

namespace dyna::net {

/// Why a peer got nothing although it speaks our protocol.
enum class RefusalReason : std::uint8_t {
  kUnknownKey,  ///< the allowlist has no such key
  kWrongRole,   ///< its key may not be the role it says it is, or that role has no business here
  kForbidden,   ///< its role may not send such a message
};
inline constexpr std::size_t kRefusalReasons = 3;
/// "unknown_key"; a metric's label.
std::string_view Name(RefusalReason reason) noexcept;

/// How often peers were refused, and the last of them. From any thread; does not grow.
class Refusals {
 public:
  void Add(RefusalReason reason, std::string who);
  std::uint64_t count(RefusalReason reason) const;
  std::uint64_t total() const;
  /// Who was refused last and why, for people.
  std::string last() const;

 private:
  mutable Mutex mutex_;  // the ZapHandler's thread and the server's write, the role's loop reads
  std::array<std::uint64_t, kRefusalReasons> counts_ DYNA_GUARDED_BY(mutex_) = {};
  std::string last_ DYNA_GUARDED_BY(mutex_);
};

}  // namespace dyna::net
