#include <array>
#include <utility>
#include <vector>

#include "common/core/check.hpp"
#include "common/net/server.hpp"

// What a Server says: replies and refusals, and those that wait for a client to read.

namespace dyna::net {
namespace {

constexpr std::uint64_t kConnectionId = 0;  // of Hello, Welcome and refusals of the connection

}  // namespace

void Server::Refuse(const Ticket& ticket, const Error& error) {
  Reply(ticket, wire::RefusalOf(error));
}

void Server::RefuseConnection(wire::ByteView route, const Error& error) {
  wire::EncodeHead(wire::RefusalOf(error), kConnectionId, {}, scratch_);
  Frame to(route);
  Frame head(scratch_);
  const std::array<Frame*, 2> frames = {&to, &head};
  (void)SendFrames(socket_, frames);
}

void Server::Answer(const Ticket& ticket, Frame payload, bool has_payload) {
  Peer* const peer = peers_.Find(ticket.peer);
  if (peer == nullptr || peer->gone) return;
  if (ticket.request_id != kConnectionId) {
    DYNA_CHECK_MSG(peer->requests != 0 && peer->request_bytes >= ticket.bytes,
                   "request " << ticket.request_id << " was answered before");
    --peer->requests;
    peer->request_bytes -= ticket.bytes;
  }
  ++counters_.replies;
  WaitingReply reply = {
      .head = Frame(scratch_), .payload = std::move(payload), .has_payload = has_payload};
  const auto outcome = peer->waiting.empty() ? SendTo(*peer, reply) : SendOutcome::kFull;
  if (outcome == SendOutcome::kGone) return MarkGone(*peer);
  if (outcome == SendOutcome::kSent) return;
  peer->waiting_bytes += reply.head.size() + reply.payload.size();
  if (peer->waiting_bytes > options_.peer_waiting_bytes_max) {
    ++counters_.unread;
    return MarkGone(*peer);
  }
  peer->waiting.push_back(std::move(reply));
  blocked_.insert(peer->id);
}

SendOutcome Server::SendTo(const Peer& peer, WaitingReply& reply) {
  Frame to(std::as_bytes(std::span(peer.route)));
  const std::array<Frame*, 3> frames = {&to, &reply.head, &reply.payload};
  return SendFrames(socket_, std::span(frames).first(reply.has_payload ? 3 : 2));
}

void Server::FlushWaiting() {
  const std::vector<PeerId> ids(blocked_.begin(), blocked_.end());
  for (const PeerId id : ids) {
    Peer& peer = *peers_.Find(id);
    auto outcome = SendOutcome::kSent;
    while (!peer.waiting.empty()) {
      WaitingReply& reply = peer.waiting.front();
      const std::size_t bytes = reply.head.size() + reply.payload.size();
      outcome = SendTo(peer, reply);
      if (outcome != SendOutcome::kSent) break;
      peer.waiting_bytes -= bytes;
      peer.waiting.pop_front();
    }
    if (outcome == SendOutcome::kGone) {
      MarkGone(peer);
    } else if (peer.waiting.empty()) {
      blocked_.erase(id);
    }
  }
}

void Server::MarkGone(Peer& peer) {
  peer.gone = true;
  peer.waiting.clear();
  blocked_.erase(peer.id);
  gone_.push_back(peer.id);
}

}  // namespace dyna::net
