#include "common/net/request_socket.hpp"

#include <zmq.h>

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "common/core/check.hpp"
#include "common/net/socket_io.hpp"
#include "common/net/socket_options.hpp"

namespace dyna::net {

RequestSocket::RequestSocket(Context& context, const Endpoint& endpoint)
    : socket_(MakeDealer(context.native(), SocketOptions{})) {
  // Unlike the cluster's connections this one has no life to follow: libzmq reconnects, and keeps
  // a request until somebody is there.
  socket_.set(zmq::sockopt::immediate, 0);
  socket_.set(zmq::sockopt::reconnect_ivl, 100);
  socket_.set(zmq::sockopt::linger, 100);
  socket_.connect(endpoint.text());
}

bool RequestSocket::Send(Frame frame) {
  const std::array<Frame*, 1> frames = {&frame};
  return SendFrames(socket_, frames) == SendOutcome::kSent;
}

std::optional<Frame> RequestSocket::Receive() {
  std::array<Frame, 1> frames;
  if (ReceiveFrames(socket_, frames) == 0) return std::nullopt;
  return std::move(frames[0]);
}

bool RequestSocket::Wait(std::span<const int> files, Milliseconds wait) {
  std::vector<zmq_pollitem_t> items = {{socket_.handle(), 0, ZMQ_POLLIN, 0}};
  for (const int file : files) items.push_back({nullptr, file, ZMQ_POLLIN, 0});
  const int rc = zmq_poll(items.data(), static_cast<int>(items.size()), wait.count());
  DYNA_CHECK_MSG(rc >= 0 || zmq_errno() == EINTR, zmq_strerror(zmq_errno()));
  return rc > 0 && (items[0].revents & ZMQ_POLLIN) != 0;
}

}  // namespace dyna::net
