#pragma once

#include <cstdint>

#include "common/core/error.hpp"
#include "common/net/peer_table.hpp"
#include "common/net/socket_io.hpp"
#include "common/wire/messages_session.hpp"

namespace dyna::net {

/// What a reply needs to know of its request, now or later.
struct Ticket {
  PeerId peer = 0;
  std::uint64_t request_id = 0;
  std::size_t bytes = 0;  ///< of the request
};

/// A request of a client that has said Hello.
struct Request {
  Ticket ticket = {};
  Received message;
};

/// What a Server serves. Called from its Poll(); may call its Reply() and Refuse() then and later.
class Handler {
 public:
  virtual ~Handler() = default;
  /// The first message of a connection, and again when its client had nothing else to say for a
  /// while. The refusal of one that does not belong here names both sides and is final, unless its
  /// code is kBackpressure: "come back later". Welcome::session is the server's business.
  virtual Result<wire::Welcome> OnHello(PeerId peer, const wire::Hello& hello) = 0;
  /// Every request is to be answered exactly once, now or later. `client` is good until it returns.
  virtual void OnRequest(Request request, const wire::Hello& client) = 0;
  /// A welcomed client is gone, was silent for too long, or does not read its replies.
  virtual void OnGone(PeerId /*peer*/) {}
};

}  // namespace dyna::net
