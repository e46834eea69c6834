#include "common/net/peer_table.hpp"

#include <algorithm>
#include <utility>

#include "common/core/check.hpp"

namespace dyna::net {

Peer* PeerTable::FindByRoute(std::string_view route) {
  const auto found = by_route_.find(route);
  return found == by_route_.end() ? nullptr : found->second;
}

Peer* PeerTable::Find(PeerId id) {
  const auto found = peers_.find(id);
  return found == peers_.end() ? nullptr : &found->second;
}

Peer* PeerTable::Add(std::string_view route, const wire::Hello& hello, TimePoint now) {
  DYNA_CHECK(FindByRoute(route) == nullptr);
  if (peers_.size() >= peers_max_) return nullptr;
  const PeerId id = next_id_++;
  Peer& peer = peers_[id];
  peer = {.id = id, .route = std::string(route), .hello = hello, .seen = now};
  by_route_.emplace(peer.route, &peer);
  return &peer;
}

Peer PeerTable::Remove(PeerId id) {
  const auto found = peers_.find(id);
  DYNA_CHECK(found != peers_.end());
  Peer peer = std::move(found->second);
  peers_.erase(found);
  by_route_.erase(peer.route);
  return peer;
}

std::vector<PeerId> PeerTable::SilentSince(TimePoint since) const {
  std::vector<PeerId> silent;
  for (const auto& [id, peer] : peers_) {
    if (peer.seen < since) silent.push_back(id);
  }
  std::sort(silent.begin(), silent.end());
  return silent;
}

std::vector<PeerId> PeerTable::Ids() const {
  std::vector<PeerId> ids;
  for (const auto& [id, peer] : peers_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace dyna::net
