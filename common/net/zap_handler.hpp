#pragma once

#include <thread>

#include "common/net/context.hpp"
#include "common/net/guard.hpp"

namespace dyna::net {

/// Answers libzmq's question whether the owner of a public key may connect (RFC 27, ZAP), on a
/// thread of its own, for every listening socket of a context. The key becomes the connection's
/// user id, which Server reads from each message. One per context, made before the first socket
/// listens.
class ZapHandler {
 public:
  /// Borrows both.
  ZapHandler(Context& context, Guard& guard);
  ~ZapHandler() = default;
  ZapHandler(const ZapHandler&) = delete;
  ZapHandler& operator=(const ZapHandler&) = delete;

 private:
  void Serve(const std::stop_token& stop);
  void AnswerOne();

  Guard& guard_;
  zmq::socket_t socket_;  ///< the thread's, once that runs
  std::jthread thread_;   ///< last: ends before the rest does
};

}  // namespace dyna::net
