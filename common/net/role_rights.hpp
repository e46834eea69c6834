#pragma once

#include "common/wire/message_type.hpp"
#include "common/wire/messages_session.hpp"

namespace dyna::net {

/// Whether a client of role `client` may send a message of this type to a server of role `server`,
/// once keys say who it is. Hello is allowed to whoever may send anything else.
bool MaySend(wire::Role client, wire::Role server, wire::MessageType type) noexcept;

}  // namespace dyna::net
