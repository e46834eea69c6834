#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "common/core/error.hpp"
#include "common/core/mutex.hpp"
#include "common/net/allowlist.hpp"
#include "common/net/refusals.hpp"
#include "common/wire/messages_session.hpp"

namespace dyna::net {

/// Decides who may do what at a server with keys: whose key is known, whether it may be the role
/// that it says it is, and whether that role may send such a message. Counts whom it refuses. From
/// any thread.
class Guard {
 public:
  /// `server`: the role of this process.
  Guard(wire::Role server, Allowlist allowlist);

  /// From now on; also for who is connected already.
  void Replace(Allowlist allowlist);
  /// Changes with every Replace().
  std::uint64_t generation() const noexcept { return generation_; }

  /// Whether anybody has this public key. `address` is where it comes from.
  Status MayConnect(const std::string& key, const std::string& address);
  /// Whether the owner of the key may be who it says it is, here. The error is final, but for one
  /// whose key is not in the list any more: kBackpressure, since a key may come back.
  Status MayGreet(const std::string& key, const wire::Identity& client);
  /// Whether the role may send it here.
  Status MaySend(const wire::Identity& client, wire::MessageType type);
  /// Without counting: whether one that was let in may stay.
  bool MayStay(const std::string& key, wire::Role role) const;

  const Refusals& refusals() const noexcept { return refusals_; }

 private:
  std::shared_ptr<const Allowlist> allowlist() const;

  const wire::Role server_;
  mutable Mutex mutex_;  // the list is replaced by the role's loop, asked by two other threads
  std::shared_ptr<const Allowlist> allowlist_ DYNA_GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> generation_ = 1;
  Refusals refusals_;
};

}  // namespace dyna::net
