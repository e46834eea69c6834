#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <string>

namespace dyna::testing_support {

/// A TCP connection to a port of this machine, for sending what no client of ours would send.
class RawSocket {
 public:
  explicit RawSocket(int port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience = {.tv_sec = 30, .tv_usec = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const int connected =
        ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    EXPECT_EQ(connected, 0) << "port " << port;
  }
  ~RawSocket() { ::close(descriptor_); }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  void Send(const std::string& bytes) const {
    (void)!::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  /// All that comes until the peer closes.
  std::string ReceiveAll() const {
    std::string all;
    char buffer[4096];
    while (true) {
      const ssize_t bytes = ::recv(descriptor_, buffer, sizeof buffer, 0);
      if (bytes <= 0) return all;
      all.append(buffer, static_cast<std::size_t>(bytes));
    }
  }

 private:
  int descriptor_;
};

}  // namespace dyna::testing_support
