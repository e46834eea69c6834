#include "common/telemetry/health_check.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>

namespace dyna::telemetry {
namespace {

constexpr std::size_t kReplyBytesMax = 1 << 16;

using TimePoint = std::chrono::steady_clock::time_point;

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const noexcept { return value_; }

 private:
  int value_;
};

std::string SystemMessage(int number) { return std::generic_category().message(number); }

/// Waits for `events`; false when the time is up.
bool WaitFor(int descriptor, short events, TimePoint deadline) {
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd entry = {.fd = descriptor, .events = events, .revents = 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

/// An error, or nothing once connected.
std::optional<std::string> Connect(int descriptor, const addrinfo& to, TimePoint deadline) {
  if (::connect(descriptor, to.ai_addr, to.ai_addrlen) == 0) return std::nullopt;
  if (errno != EINPROGRESS) return SystemMessage(errno);
  if (!WaitFor(descriptor, POLLOUT, deadline)) return "no answer in time";
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return SystemMessage(error);
  return std::nullopt;
}

/// Sends the request and reads until the peer closes. An error, or nothing and `reply`.
std::optional<std::string> Exchange(int descriptor, TimePoint deadline, std::string& reply) {
  const std::string request = "GET /healthz HTTP/1.0\r\nConnection: close\r\n\r\n";
  // A request of one packet into an empty buffer: it fits at once.
  if (::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return SystemMessage(errno);
  }
  std::array<char, 4096> buffer{};
  while (reply.size() < kReplyBytesMax) {
    if (!WaitFor(descriptor, POLLIN, deadline)) return "no answer in time";
    const ssize_t bytes = ::recv(descriptor, buffer.data(), buffer.size(), 0);
    if (bytes == 0) return std::nullopt;
    if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (bytes < 0) return SystemMessage(errno);
    reply.append(buffer.data(), static_cast<std::size_t>(bytes));
  }
  return std::nullopt;
}

/// "HTTP/1.1 200 OK\r\n...\r\n\r\nBODY"
HealthCheck Parse(const std::string& reply) {
  const auto body = reply.find("\r\n\r\n");
  if (!reply.starts_with("HTTP/1.") || reply.size() < 12 || body == std::string::npos) {
    return {.healthy = false, .text = "not an HTTP answer"};
  }
  const std::string status = reply.substr(9, 3);
  std::string text = reply.substr(body + 4);
  if (status != "200" && status != "503") text = "HTTP status " + status + ", not 200 or 503";
  return {.healthy = status == "200", .text = std::move(text)};
}

}  // namespace

HealthCheck AskHealth(const std::string& address, int port, std::chrono::milliseconds patience) {
  const TimePoint deadline = std::chrono::steady_clock::now() + patience;
  const std::string place = address + ":" + std::to_string(port);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    return {.healthy = false, .text = place + ": not an address and a port"};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  const Descriptor descriptor(
      ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (descriptor.get() < 0) return {.healthy = false, .text = SystemMessage(errno)};
  std::string reply;
  auto error = Connect(descriptor.get(), *found, deadline);
  if (!error) error = Exchange(descriptor.get(), deadline, reply);
  if (error) return {.healthy = false, .text = place + ": " + *error};
  return Parse(reply);
}

}  // namespace dyna::telemetry
