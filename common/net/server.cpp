#include "common/net/server.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna::net {
namespace {

constexpr std::uint64_t kConnectionId = 0;  // of Hello, Welcome and refusals of the connection
constexpr int kMessagesPerTurn = 256;    // so that busy clients cannot keep Poll() from returning
constexpr Milliseconds kBlockedWait{1};  // libzmq does not say when a full queue has room again

std::string_view Text(wire::ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Endpoint Bind(zmq::socket_t& socket, Endpoint endpoint) {
  try {
    socket.bind(endpoint.text());
  } catch (const zmq::error_t& error) {
    throw ConfigError("cannot listen on " + endpoint.text() + ": " + error.what());
  }
  if (endpoint.transport == Endpoint::Transport::kTcp && endpoint.port == 0) {
    const std::string bound = socket.get(zmq::sockopt::last_endpoint);
    endpoint.port = BindEndpoint("last endpoint", bound).port;
  }
  return endpoint;
}

}  // namespace

Server::Server(Context& context, const Options& options, Handler& handler, Clock clock,
               EventCounters* events)
    : options_(options),
      handler_(handler),
      clock_(std::move(clock)),
      socket_(MakeRouter(context.native(), options.socket.For(options.request_bytes_max))),
      monitor_(context.native(), socket_, events),
      endpoint_(Bind(socket_, options.endpoint)),
      peers_(options.peers_max) {
  ReadEvents();
}

void Server::Poll(Milliseconds wait) {
  if (Turn() != 0 || wait.count() <= 0) return;
  const Pollable* const self = this;
  WaitForAny({&self, 1}, blocked_.empty() ? wait : std::min(wait, kBlockedWait));
  Turn();
}

void Server::AddTo(std::vector<zmq_pollitem_t>& items) const {
  items.push_back({.socket = socket_.handle(), .fd = 0, .events = ZMQ_POLLIN, .revents = 0});
  items.push_back({.socket = monitor_.handle(), .fd = 0, .events = ZMQ_POLLIN, .revents = 0});
}

int Server::Turn() {
  const TimePoint now = clock_();
  if (!blocked_.empty()) FlushWaiting();
  int messages = 0;
  while (messages < kMessagesPerTurn && ReceiveOne(now)) ++messages;
  if (messages == 0 || now >= next_expiry_) {
    ReadEvents();
  }
  if (now >= next_expiry_) ExpireSilent(now);
  if (options_.guard != nullptr) ExpireRevoked();
  ForgetGone();
  return messages;
}

void Server::ReadEvents() {
  while (const auto event = monitor_.Next()) {
    if (*event == SocketEvent::kListening && endpoint_.transport == Endpoint::Transport::kTcp) {
      gate_.emplace(monitor_.value(), options_.connections_max);
    } else if (gate_) {
      gate_->On(*event);
    }
  }
}

bool Server::ReceiveOne(TimePoint now) {
  std::array<Frame, 4> frames;  // the route, and one more than any message has
  const std::size_t count = ReceiveFrames(socket_, frames);
  if (count == 0) return false;
  const wire::ByteView route = frames[0].view();
  std::string user = options_.guard == nullptr ? std::string() : frames[1].user_id();
  Peer* const peer = peers_.FindByRoute(Text(route));
  auto message = Received::Open(std::span(frames).subspan(1, std::min(count, frames.size()) - 1),
                                options_.request_bytes_max);
  if (!message.ok()) {
    ++counters_.malformed;
    // Who speaks our protocol, or another version of it, is told; to others we say nothing.
    if (peer != nullptr || message.error().code == ErrorCode::kVersionMismatch) {
      RefuseConnection(route, message.error());
    }
    return true;
  }
  if (message.value().type() == wire::MessageType::kHello) {
    OnHello(message.value(), route, std::move(user), now);
  } else if (message.value().request_id() == kConnectionId) {
    ++counters_.malformed;
    RefuseConnection(route, {ErrorCode::kMalformed, "request ids begin at 1"});
  } else if (peer == nullptr || peer->user != user) {  // whoever may have had this route before
    ++counters_.strangers;
    RefuseConnection(route, {ErrorCode::kBackpressure, "a connection begins with Hello"});
  } else {
    peer->seen = now;
    OnRequest(std::move(message).value(), *peer);
  }
  return true;
}

void Server::OnHello(const Received& message, wire::ByteView route, std::string user,
                     TimePoint now) {
  auto hello = message.Decode<wire::Hello>();
  if (!hello.ok()) {
    ++counters_.malformed;
    return RefuseConnection(route, hello.error());
  }
  Peer* peer = peers_.FindByRoute(Text(route));
  if (options_.guard != nullptr) {
    if (Status may = options_.guard->MayGreet(user, hello.value().client); !may.ok()) {
      ++counters_.forbidden;
      RefuseConnection(route, may.error());
      if (peer != nullptr) Forget(peer->id);
      return;
    }
  }
  if (peer != nullptr && peer->user != user) {
    Forget(peer->id);
    peer = nullptr;
  }
  const bool is_new = peer == nullptr;
  if (is_new) peer = peers_.Add(Text(route), hello.value(), now);
  if (peer == nullptr) {
    ++counters_.hellos_refused;
    const Error full = {ErrorCode::kBackpressure, "there are " + std::to_string(peers_.size()) +
                                                      " clients, the most that are served"};
    return RefuseConnection(route, full);
  }
  peer->seen = now;
  peer->hello = std::move(hello).value();
  peer->user = std::move(user);
  const PeerId id = peer->id;
  auto welcome = handler_.OnHello(id, peer->hello);
  if (!welcome.ok()) {
    ++counters_.hellos_refused;
    RefuseConnection(route, welcome.error());
    if (is_new) {
      peers_.Remove(id);
    } else {
      Forget(id);
    }
    return;
  }
  welcome.value().session = id;
  Reply({.peer = id, .request_id = kConnectionId}, welcome.value());
}

void Server::OnRequest(Received message, Peer& peer) {
  ++counters_.requests;
  const Ticket ticket = {
      .peer = peer.id, .request_id = message.request_id(), .bytes = message.bytes()};
  const bool fits =
      peer.requests < options_.peer_requests_max &&
      (peer.requests == 0 || peer.request_bytes + ticket.bytes <= options_.peer_request_bytes_max);
  ++peer.requests;
  peer.request_bytes += ticket.bytes;
  if (!fits) {
    ++counters_.over_limit;
    return Refuse(ticket, {ErrorCode::kBackpressure,
                           std::to_string(peer.requests - 1) + " requests of " +
                               std::to_string(peer.request_bytes - ticket.bytes) +
                               " bytes wait for an answer, the most of one client"});
  }
  if (options_.guard != nullptr) {
    if (Status may = options_.guard->MaySend(peer.hello.client, message.type()); !may.ok()) {
      ++counters_.forbidden;
      return Refuse(ticket, may.error());
    }
  }
  handler_.OnRequest({.ticket = ticket, .message = std::move(message)}, peer.hello);
}

void Server::ExpireSilent(TimePoint now) {
  next_expiry_ = now + options_.peer_silence_max / 4;
  for (const PeerId id : peers_.SilentSince(now - options_.peer_silence_max)) Forget(id);
}

void Server::ExpireRevoked() {
  const std::uint64_t generation = options_.guard->generation();
  if (generation == std::exchange(guard_generation_, generation)) return;
  for (const PeerId id : peers_.Ids()) {
    const Peer& peer = *peers_.Find(id);
    if (!options_.guard->MayStay(peer.user, peer.hello.client.role)) Forget(id);
  }
}

void Server::ForgetGone() {
  const std::vector<PeerId> ids = std::exchange(gone_, {});
  for (const PeerId id : ids) {
    if (peers_.Find(id) != nullptr) Forget(id);  // it may have fallen silent as well
  }
}

void Server::Forget(PeerId id) {
  ++counters_.peers_gone;
  blocked_.erase(id);
  peers_.Remove(id);
  handler_.OnGone(id);
}

}  // namespace dyna::net
