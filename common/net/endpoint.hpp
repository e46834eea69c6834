#pragma once

#include <cstdint>
#include <string>
#include <tuple>

namespace dyna::net {

/// An address to bind or connect to: "tcp://HOST:PORT" or "ipc://PATH".
struct Endpoint {
  enum class Transport : std::uint8_t { kTcp, kIpc };
  Transport transport = Transport::kTcp;
  std::string host = {};   ///< name, IPv4, or IPv6 without brackets; "*" = every interface
  std::uint16_t port = 0;  ///< 0 = any free one
  std::string path = {};   ///< ipc only

  bool operator==(const Endpoint&) const = default;
  bool operator<(const Endpoint& other) const {
    return std::tie(transport, host, port, path) <
           std::tie(other.transport, other.host, other.port, other.path);
  }
  /// As libzmq and people write it.
  std::string text() const;
};

/// Whether only processes of this machine can connect to who binds there: ipc, or an address of the
/// loopback interface.
bool IsLocal(const Endpoint& endpoint);

/// Where one may connect: a host that is not "*" and a port that is not 0. ConfigError naming
/// `key`, `text` and what is allowed.
Endpoint ConnectEndpoint(const std::string& key, const std::string& text);
/// Where one may bind: as above, but host "*" and port 0 (or "*") are allowed.
Endpoint BindEndpoint(const std::string& key, const std::string& text);

}  // namespace dyna::net
