#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dyna::testing_support {

/// A plain TCP socket on the loopback interface, for tests that must not be polite. Never blocks
/// but in Connect(), which on one machine is done at once.
class TcpSocket {
 public:
  static TcpSocket Listen();
  static TcpSocket Connect(std::uint16_t port);
  ~TcpSocket();
  TcpSocket(TcpSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  TcpSocket& operator=(TcpSocket&&) = delete;
  TcpSocket(const TcpSocket&) = delete;
  TcpSocket& operator=(const TcpSocket&) = delete;

  /// Where it listens.
  std::uint16_t port() const;
  std::optional<TcpSocket> Accept() const;
  /// False if the other side is gone or does not read.
  bool Send(std::string_view bytes) const;
  /// What has arrived so far; empty if nothing has.
  std::string Receive() const;
  /// True iff the other side has hung up.
  bool Ended() const;

 private:
  explicit TcpSocket(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace dyna::testing_support
