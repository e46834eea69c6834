#pragma once

#include "common/core/error.hpp"
#include "common/wire/messages_session.hpp"

namespace dyna::service {

/// Done if a client belongs to the same run and environment as the server it greets; else
/// kVersionMismatch naming both sides and what differs. A shape of 0 columns means "not known yet"
/// and fits everything.
Status CheckIdentity(const wire::Identity& server, const wire::Identity& client);

}  // namespace dyna::service
