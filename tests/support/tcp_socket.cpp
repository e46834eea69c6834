#include "tests/support/tcp_socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "common/core/check.hpp"

namespace dyna::testing_support {
namespace {

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

TcpSocket TcpSocket::Listen() {
  TcpSocket socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(0);
  DYNA_CHECK(bind(socket.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  DYNA_CHECK(listen(socket.fd_, 16) == 0);
  return socket;
}

TcpSocket TcpSocket::Connect(std::uint16_t port) {
  TcpSocket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(port);
  DYNA_CHECK(connect(socket.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) ==
             0);
  fcntl(socket.fd_, F_SETFL, O_NONBLOCK);
  return socket;
}

TcpSocket::~TcpSocket() {
  if (fd_ >= 0) close(fd_);
}

std::uint16_t TcpSocket::port() const {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  DYNA_CHECK(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return ntohs(address.sin_port);
}

std::optional<TcpSocket> TcpSocket::Accept() const {
  const int fd = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return std::nullopt;
  return TcpSocket(fd);
}

bool TcpSocket::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::string TcpSocket::Receive() const {
  std::array<char, 65'536> buffer{};
  const ssize_t count = recv(fd_, buffer.data(), buffer.size(), 0);
  return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
}

bool TcpSocket::Ended() const {
  char byte = 0;
  const ssize_t count = recv(fd_, &byte, 1, MSG_PEEK);
  return count == 0 || (count < 0 && errno != EAGAIN);
}

}  // namespace dyna::testing_support
