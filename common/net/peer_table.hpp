#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/net/clock.hpp"
#include "common/net/frame.hpp"
#include "common/wire/messages_session.hpp"

namespace dyna::net {

/// Names a connected client of one server; never given twice.
using PeerId = std::uint64_t;

/// A reply that its client's queue had no room for.
struct WaitingReply {
  Frame head = {};
  Frame payload = {};
  bool has_payload = false;
};

/// A client that has said Hello.
struct Peer {
  PeerId id = 0;
  std::string route = {};  ///< what the ROUTER calls it
  wire::Hello hello = {};
  std::string user = {};          ///< its public key, if the server has keys
  TimePoint seen = {};            ///< when its last message came
  std::size_t requests = 0;       ///< without an answer
  std::size_t request_bytes = 0;  ///< of those
  std::deque<WaitingReply> waiting = {};
  std::size_t waiting_bytes = 0;
  bool gone = false;  ///< to be removed when nobody holds a reference
};

/// The clients of a server. Knows nothing of sockets and reads no clock. Pointers to peers are good
/// until the peer is removed.
class PeerTable {
 public:
  explicit PeerTable(std::size_t peers_max) : peers_max_(peers_max) {}

  Peer* FindByRoute(std::string_view route);
  Peer* Find(PeerId id);
  /// A new peer; null if there are peers_max already.
  Peer* Add(std::string_view route, const wire::Hello& hello, TimePoint now);
  /// Returns what it was.
  Peer Remove(PeerId id);
  /// Those not seen since `since`.
  std::vector<PeerId> SilentSince(TimePoint since) const;
  std::vector<PeerId> Ids() const;
  std::size_t size() const noexcept { return peers_.size(); }
  std::size_t peers_max() const noexcept { return peers_max_; }

 private:
  struct HashRoute {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's
    std::size_t operator()(std::string_view route) const noexcept {
      return std::hash<std::string_view>()(route);
    }
  };

  std::size_t peers_max_;
  PeerId next_id_ = 1;
  std::unordered_map<PeerId, Peer> peers_;
  std::unordered_map<std::string, Peer*, HashRoute, std::equal_to<>> by_route_;
};

}  // namespace dyna::net
