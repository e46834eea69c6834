#include "common/net/guard.hpp"

#include <utility>

#include "common/net/role_rights.hpp"

namespace dyna::net {
namespace {

std::string Text(const wire::Identity& client) {
  return wire::Name(client.role) + (" '" + client.instance + "'");
}

}  // namespace

Guard::Guard(wire::Role server, Allowlist allowlist)
    : server_(server), allowlist_(std::make_shared<const Allowlist>(std::move(allowlist))) {}

void Guard::Replace(Allowlist allowlist) {
  auto list = std::make_shared<const Allowlist>(std::move(allowlist));
  const MutexLock lock(mutex_);
  allowlist_ = std::move(list);
  ++generation_;
}

std::shared_ptr<const Allowlist> Guard::allowlist() const {
  const MutexLock lock(mutex_);
  return allowlist_;
}

Status Guard::MayConnect(const std::string& key, const std::string& address) {
  if (allowlist()->Knows(key)) return Done{};
  std::string who = "a key that is not in the allowlist, from " + address + ": " + key;
  refusals_.Add(RefusalReason::kUnknownKey, who);
  return Error{ErrorCode::kInvalidArgument, std::move(who)};
}

Status Guard::MayGreet(const std::string& key, const wire::Identity& client) {
  const auto list = allowlist();
  if (!list->Knows(key)) {  // since it connected; it may come back, and its owner with it
    std::string why = Text(client) + " has the key of nobody who is allowed here any more";
    refusals_.Add(RefusalReason::kUnknownKey, why);
    return Error{ErrorCode::kBackpressure, std::move(why)};
  }
  const auto refuse = [&](std::string why) -> Status {
    refusals_.Add(RefusalReason::kWrongRole, why);
    return Error{ErrorCode::kInvalidArgument, std::move(why)};
  };
  if (!list->MayBe(key, client.role)) {
    return refuse(Text(client) + " has the key of '" + list->NameOf(key) +
                  "', which may not be that role");
  }
  if (!net::MaySend(client.role, server_, wire::MessageType::kHello)) {
    return refuse(Text(client) + " has no business with the role " + wire::Name(server_));
  }
  return Done{};
}

Status Guard::MaySend(const wire::Identity& client, wire::MessageType type) {
  if (net::MaySend(client.role, server_, type)) return Done{};
  std::string why = Text(client) + " may not send " + std::string(wire::Name(type)) +
                    " to the role " + wire::Name(server_);
  refusals_.Add(RefusalReason::kForbidden, why);
  return Error{ErrorCode::kInvalidArgument, std::move(why)};
}

bool Guard::MayStay(const std::string& key, wire::Role role) const {
  return allowlist()->MayBe(key, role);
}

}  // namespace dyna::net
