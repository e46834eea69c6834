#include "tests/support/chaos_proxy.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <list>
#include <utility>
#include <vector>

#include "common/core/check.hpp"

namespace dyna::testing_support {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kWaitingBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kReadBytes = 65'536;

/// Owns a file descriptor.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) { DYNA_CHECK(fd >= 0); }
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&&) = delete;
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

sockaddr_in Address(const std::string& address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  DYNA_CHECK(inet_pton(AF_INET, address.c_str(), &result.sin_addr) == 1);
  return result;
}

const sockaddr* AsSockaddr(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// What is on its way from one socket to another.
struct Direction {
  struct Chunk {
    Clock::time_point due = {};
    std::vector<char> bytes = {};
    std::size_t sent = 0;
  };
  std::deque<Chunk> chunks = {};
  std::size_t waiting = 0;
  bool ended = false;  ///< the sender has said its last; still to be passed on
};

struct Pair {
  Pair(Fd c, Fd t) : client(std::move(c)), target(std::move(t)) {}
  Fd client;
  Fd target;
  Direction up = {};    ///< client to target
  Direction down = {};  ///< target to client
  bool dead = false;
};

}  // namespace

class ChaosProxy::Loop {
 public:
  Loop(ChaosProxy& proxy, const Options& options)
      : proxy_(proxy),
        target_(Address(options.target_address, options.target_port)),
        listener_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    auto address = Address(options.listen_address, options.listen_port);
    DYNA_CHECK(bind(listener_.get(), AsSockaddr(address), sizeof(address)) == 0);
    DYNA_CHECK(listen(listener_.get(), 128) == 0);
    socklen_t size = sizeof(address);
    DYNA_CHECK(getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    proxy_.port_ = ntohs(address.sin_port);
  }

  void Run() {
    for (;;) {
      const int command = proxy_.command_;
      if (command == kStop) return;
      if (command == kReset) {
        const linger abort = {.l_onoff = 1, .l_linger = 0};
        for (const Pair& pair : pairs_) {
          for (const int fd : {pair.client.get(), pair.target.get()}) {
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
          }
        }
      }
      if (command == kCut || command == kReset) pairs_.clear();
      if (command != kNone) {
        proxy_.command_ = kNone;
        proxy_.command_.notify_all();
      }
      Wait();
      Accept();
      if (proxy_.stalled_) continue;
      for (Pair& pair : pairs_) {
        Pass(pair, pair.client.get(), pair.target.get(), pair.up);
        Pass(pair, pair.target.get(), pair.client.get(), pair.down);
      }
      pairs_.remove_if([](const Pair& pair) {
        return pair.dead || (pair.up.ended && pair.down.ended && pair.up.chunks.empty() &&
                             pair.down.chunks.empty());
      });
    }
  }

 private:
  void Wait() {
    std::vector<pollfd> fds = {{proxy_.wake_fd_, POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    auto until = Clock::time_point::max();
    if (!proxy_.stalled_) {
      for (const Pair& pair : pairs_) {
        fds.push_back({pair.client.get(), Interest(pair.up, pair.down, until), 0});
        fds.push_back({pair.target.get(), Interest(pair.down, pair.up, until), 0});
      }
    }
    int wait_ms = 1000;
    if (until != Clock::time_point::max()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
      wait_ms = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, wait_ms));
    }
    poll(fds.data(), fds.size(), wait_ms);
    std::uint64_t wakes = 0;
    (void)!read(proxy_.wake_fd_, &wakes, sizeof(wakes));
  }

  /// What a socket is watched for that `from` reads and `to` writes; moves `until` ahead of what is
  /// not due yet.
  static short Interest(const Direction& from, const Direction& to, Clock::time_point& until) {
    short events = 0;
    if (!from.ended && from.waiting < kWaitingBytesMax) events |= POLLIN;
    if (!to.chunks.empty()) {
      if (to.chunks.front().due <= Clock::now()) {
        events |= POLLOUT;
      } else {
        until = std::min(until, to.chunks.front().due);
      }
    }
    return events;
  }

  void Accept() {
    for (;;) {
      const int accepted = accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (accepted < 0) return;
      Fd client(accepted);
      if (!proxy_.accepting_) continue;
      Fd target(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      target_.sin_port = htons(proxy_.target_port_);
      // Blocking: on one machine it is accepted or refused at once.
      if (connect(target.get(), AsSockaddr(target_), sizeof(target_)) != 0) continue;
      fcntl(target.get(), F_SETFL, O_NONBLOCK);
      const int on = 1;
      for (const int fd : {client.get(), target.get()}) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      }
      pairs_.emplace_back(std::move(client), std::move(target));
      ++proxy_.connections_;
    }
  }

  void Pass(Pair& pair, int from, int to, Direction& direction) {
    if (!pair.dead) pair.dead = !Read(from, direction) || !Write(to, direction);
  }

  /// False if the connection is broken.
  bool Read(int from, Direction& direction) const {
    if (direction.ended || direction.waiting >= kWaitingBytesMax) return true;
    std::vector<char> bytes(kReadBytes);
    const ssize_t count = recv(from, bytes.data(), bytes.size(), 0);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    bytes.resize(static_cast<std::size_t>(count));
    direction.ended = count == 0;
    direction.waiting += bytes.size();
    const auto due = Clock::now() + std::chrono::milliseconds(proxy_.delay_ms_);
    direction.chunks.push_back({.due = due, .bytes = std::move(bytes)});  // an empty one is the end
    return true;
  }

  bool Write(int to, Direction& direction) {
    while (!direction.chunks.empty() && direction.chunks.front().due <= Clock::now()) {
      Direction::Chunk& chunk = direction.chunks.front();
      if (chunk.bytes.empty()) {
        shutdown(to, SHUT_WR);
      } else {
        const ssize_t count = send(to, chunk.bytes.data() + chunk.sent,
                                   chunk.bytes.size() - chunk.sent, MSG_NOSIGNAL);
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        proxy_.bytes_ += count;
        chunk.sent += static_cast<std::size_t>(count);
        if (chunk.sent < chunk.bytes.size()) return true;
        direction.waiting -= chunk.bytes.size();
      }
      direction.chunks.pop_front();
    }
    return true;
  }

  ChaosProxy& proxy_;
  sockaddr_in target_;
  Fd listener_;
  std::list<Pair> pairs_;
};

ChaosProxy::ChaosProxy(const Options& options)
    : wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      target_port_(options.target_port),
      loop_(std::make_unique<Loop>(*this, options)),
      thread_([this] { loop_->Run(); }) {}

ChaosProxy::~ChaosProxy() {
  command_ = kStop;
  Wake();
  thread_.join();
  close(wake_fd_);
}

void ChaosProxy::SetStalled(bool stalled) {
  stalled_ = stalled;
  Command(kLook);  // what was being passed on has been when this returns
}

void ChaosProxy::Command(CommandCode command) {
  command_ = command;
  Wake();
  command_.wait(command);
}

void ChaosProxy::Wake() {
  const std::uint64_t one = 1;
  (void)!write(wake_fd_, &one, sizeof(one));
}

}  // namespace dyna::testing_support
