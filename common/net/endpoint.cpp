#include "common/net/endpoint.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "common/core/error.hpp"

namespace dyna::net {
namespace {

constexpr std::string_view kTcp = "tcp://";
constexpr std::string_view kIpc = "ipc://";
constexpr std::size_t kPathBytesMax = 107;  // of sockaddr_un
constexpr std::size_t kHostBytesMax = 253;  // of a DNS name

std::optional<std::uint16_t> Port(std::string_view text) {
  if (text == "*") return 0;
  std::uint16_t port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

/// libzmq takes the path as a C string, and logs have it in a line.
bool PathCharacters(std::string_view path) {
  return std::none_of(path.begin(), path.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool HostCharacters(std::string_view host, bool brackets) {
  return std::all_of(host.begin(), host.end(), [&](char c) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '*';
    return plain || (brackets && (c == ':' || c == '%'));
  });
}

std::optional<Endpoint> Parse(std::string_view text) {
  if (text.starts_with(kIpc)) {
    const std::string_view path = text.substr(kIpc.size());
    if (path.empty() || path.size() > kPathBytesMax || !PathCharacters(path)) return std::nullopt;
    return Endpoint{.transport = Endpoint::Transport::kIpc, .path = std::string(path)};
  }
  if (!text.starts_with(kTcp)) return std::nullopt;
  text.remove_prefix(kTcp.size());
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) {
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos) return std::nullopt;  // they are IPv6's alone
  }
  const auto port = Port(text.substr(colon + 1));
  if (!port || host.empty() || host.size() > kHostBytesMax || !HostCharacters(host, brackets)) {
    return std::nullopt;
  }
  return Endpoint{.host = std::string(host), .port = *port};
}

ConfigError Wrong(const std::string& key, const std::string& text, const char* allowed) {
  return ConfigError(key + " = \"" + text + "\" is not " + allowed);
}

}  // namespace

std::string Endpoint::text() const {
  if (transport == Transport::kIpc) return std::string(kIpc) + path;
  const bool v6 = host.find(':') != std::string::npos;
  const std::string port_text = port == 0 ? "*" : std::to_string(port);
  return std::string(kTcp) + (v6 ? "[" + host + "]" : host) + ":" + port_text;
}

bool IsLocal(const Endpoint& endpoint) {
  if (endpoint.transport == Endpoint::Transport::kIpc || endpoint.host == "localhost") return true;
  in_addr v4 = {};
  if (::inet_pton(AF_INET, endpoint.host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24U == 127;
  in6_addr v6 = {};
  return ::inet_pton(AF_INET6, endpoint.host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Endpoint ConnectEndpoint(const std::string& key, const std::string& text) {
  const auto endpoint = Parse(text);
  const bool somewhere =
      endpoint && (endpoint->transport == Endpoint::Transport::kIpc ||
                   (endpoint->host.find('*') == std::string::npos && endpoint->port != 0));
  if (!somewhere) {
    throw Wrong(key, text, "tcp://HOST:PORT with a port from 1 to 65535, or ipc://PATH");
  }
  return *endpoint;
}

Endpoint BindEndpoint(const std::string& key, const std::string& text) {
  const auto endpoint = Parse(text);
  const bool good =
      endpoint && (endpoint->host == "*" || endpoint->host.find('*') == std::string::npos);
  if (!good) {
    throw Wrong(key, text,
                "tcp://ADDRESS:PORT with an address of this machine or *, and a port from 0 (any) "
                "to 65535, or ipc://PATH");
  }
  return *endpoint;
}

}  // namespace dyna::net
