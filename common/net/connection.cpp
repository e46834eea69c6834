#include "common/net/connection.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/core/check.hpp"

namespace dyna::net {
namespace {

/// Of Hello, its Welcome, and a Refusal of the connection itself.
constexpr std::uint64_t kConnectionId = 0;

Rng JitterOf(const Connection::Options& options) {
  // Processes of one run have one seed and must not come back in step.
  return Rng(options.seed,
             "reconnect " + options.hello.client.instance + " " + options.endpoint.text());
}

}  // namespace

Connection::Link::Link(zmq::context_t& context, const Options& options, bool ipv6,
                       EventCounters* events)
    : socket(MakeDealer(context, options.socket.For(options.reply_bytes_max))),
      monitor(context, socket, events) {
  socket.set(zmq::sockopt::ipv6, ipv6);
  socket.connect(options.endpoint.text());
}

Connection::Connection(Context& context, const Options& options, EventCounters* events)
    : context_(context),
      options_(options),
      events_(events),
      backoff_(options.backoff, JitterOf(options)) {}

void Connection::Advance(TimePoint now) {
  if (broken_) Leave(now);
  if (state_ == State::kWaiting && now >= timer_) Open(now);
  if (link_) ReadEvents(now);
  if (hello_due_) SendHello(now);
  if (broken_) return;
  if (state_ == State::kConnecting && now >= timer_) {
    Break("no answer while connecting");
  } else if (state_ == State::kGreeting && now >= timer_) {
    Break("connected, but it does not answer Hello");
  } else if (state_ == State::kReady && now - last_sent_ >= options_.hello_period) {
    SendHello(now);
  }
}

void Connection::Open(TimePoint now) {
  // libzmq takes one address of a name, of the one kind it is told. Both kinds get their turn,
  // IPv4 first: "localhost" is often ::1 where servers listen on 127.0.0.1.
  const std::string& host = options_.endpoint.host;
  const bool ipv6_literal = host.find(':') != std::string::npos;
  const bool ipv4_literal = host.find_first_not_of("0123456789.") == std::string::npos;
  const bool ipv6 = ipv6_literal || (!ipv4_literal && counters_.attempts % 2 == 1);
  ++counters_.attempts;
  try {
    link_ = std::make_unique<Link>(context_.native(), options_, ipv6, events_);
  } catch (const zmq::error_t& error) {  // too many sockets, an address nobody can connect to
    problem_ = error.what();
    timer_ = now + backoff_.Next();
    return;
  }
  state_ = State::kConnecting;
  timer_ = now + 2 * options_.socket.connect_timeout;
}

void Connection::ReadEvents(TimePoint now) {
  while (const auto event = link_->monitor.Next()) {
    switch (*event) {
      case SocketEvent::kHandshakeSucceeded:
        state_ = State::kGreeting;
        hello_due_ = true;
        timer_ = now + options_.hello_timeout;
        break;
      case SocketEvent::kClosed:
        Break("nobody listens there");
        break;
      case SocketEvent::kDisconnected:
        Break("the connection broke");
        break;
      case SocketEvent::kHandshakeFailed:
        Break("it hung up during the handshake (if it has keys: not the one we expect of it)");
        break;
      case SocketEvent::kHandshakeFailedProtocol:
        Break(
            "it does not speak our transport's protocol (ZMTP), or one of us has keys and the "
            "other "
            "has none");
        break;
      case SocketEvent::kHandshakeFailedAuth:
        Break("it does not accept our key: its allowlist does not have it");
        break;
      default:
        break;
    }
  }
}

void Connection::SendHello(TimePoint now) {
  wire::Bytes head;
  wire::EncodeHead(options_.hello, kConnectionId, {}, head);
  Frame frame(head);
  const std::array<Frame*, 1> frames = {&frame};
  // A socket learns of its connection a moment after its monitor: then again in the next call.
  hello_due_ = SendFrames(link_->socket, frames) != SendOutcome::kSent;
  if (!hello_due_) last_sent_ = now;
}

std::optional<Received> Connection::Receive() {
  while (link_ && state_ != State::kRefused) {
    std::array<Frame, 3> frames;  // one more than any message has
    const std::size_t count = ReceiveFrames(link_->socket, frames);
    if (count == 0) break;
    auto reply = Received::Open(std::span(frames).first(std::min(count, frames.size())),
                                options_.reply_bytes_max);
    if (!reply.ok()) {
      ++counters_.malformed;
      if (reply.error().code == ErrorCode::kVersionMismatch) {
        Refuse(reply.error());
      } else {
        Break("it sent a message that is wrong: " + reply.error().message);
      }
    } else if (reply.value().request_id() == kConnectionId) {
      OnGreeting(reply.value());
    } else {
      return std::move(reply).value();
    }
  }
  return std::nullopt;
}

void Connection::OnGreeting(const Received& reply) {
  if (reply.type() == wire::MessageType::kRefusal) {
    const auto refusal = reply.Decode<wire::Refusal>();
    if (!refusal.ok()) return Break(refusal.error().message);
    const wire::Refusal& why = refusal.value();
    if (why.code == ErrorCode::kBackpressure) return Break("it says: " + why.message);
    return Refuse({why.code, why.message});
  }
  auto welcome = reply.Decode<wire::Welcome>();
  if (!welcome.ok()) return Break(welcome.error().message);
  // It had forgotten us, and with us what we had asked.
  const bool forgotten = state_ == State::kReady && welcome.value().session != welcome_->session;
  if (forgotten) ++counters_.losses;
  welcome_ = std::move(welcome).value();
  if (state_ == State::kReady) return;
  state_ = State::kReady;
  ++counters_.welcomes;
  backoff_.Reset();
  TellChange();
}

SendOutcome Connection::Send(Outgoing& request, TimePoint now) {
  DYNA_CHECK(ready());
  // The server may have forgotten who was silent for so long.
  if (now - last_sent_ >= options_.hello_period) SendHello(now);
  if (broken_) return SendOutcome::kFull;
  Frame head;
  Frame payload;
  if (request.idempotent) {  // kept, to be sent again
    head = request.head.Share();
    if (request.has_payload) payload = request.payload.Share();
  }
  const std::array<Frame*, 2> frames = {request.idempotent ? &head : &request.head,
                                        request.idempotent ? &payload : &request.payload};
  const auto outcome =
      SendFrames(link_->socket, std::span(frames).first(request.has_payload ? 2 : 1));
  if (outcome == SendOutcome::kSent) last_sent_ = now;
  return outcome;
}

void Connection::Break(std::string why) {
  if (broken_) return;  // the first reason is the one that counts
  broken_ = true;
  problem_ = std::move(why);
}

void Connection::Leave(TimePoint now) {
  broken_ = false;
  hello_due_ = false;
  link_.reset();
  if (state_ == State::kRefused) return;
  if (state_ == State::kReady) ++counters_.losses;
  state_ = State::kWaiting;
  timer_ = now + backoff_.Next();
  if (backoff_.failures() == 1) TellChange();
}

void Connection::Refuse(const Error& error) {
  refusal_ = {error.code, Peer() + " refuses: " + error.message};
  state_ = State::kRefused;
  broken_ = true;  // so that Advance() closes the socket
  TellChange();
}

TimePoint Connection::next_timer() const noexcept {
  if (broken_ || hello_due_) return TimePoint::min();
  if (state_ == State::kRefused) return TimePoint::max();
  return state_ == State::kReady ? last_sent_ + options_.hello_period : timer_;
}

std::string Connection::Peer() const {
  return (welcome_ ? welcome_->server.instance + " at " : "") + options_.endpoint.text();
}

std::string Connection::Explain() const {
  switch (state_) {
    case State::kWaiting:
      return "no connection to " + Peer() + " after " + std::to_string(backoff_.failures()) +
             " failed attempts: " + problem_;
    case State::kConnecting:
      return "connecting to " + Peer() +
             (counters_.attempts > 1 ? " (last time: " + problem_ + ")" : "");
    case State::kGreeting:
      return Peer() + " has not answered Hello yet";
    case State::kReady:
      return "connected to " + Peer();
    case State::kRefused:
      return refusal_.message;
  }
  return {};
}

void Connection::AddTo(std::vector<zmq_pollitem_t>& items) const {
  if (!link_) return;
  items.push_back({.socket = link_->socket.handle(), .fd = 0, .events = ZMQ_POLLIN, .revents = 0});
  items.push_back({.socket = link_->monitor.handle(), .fd = 0, .events = ZMQ_POLLIN, .revents = 0});
}

}  // namespace dyna::net
