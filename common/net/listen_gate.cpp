#include "common/net/listen_gate.hpp"

#include <linux/filter.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>

namespace dyna::net {
namespace {

std::size_t Bounded(std::size_t connections_max) {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return connections_max;
  const auto share = static_cast<std::size_t>(limit.rlim_cur / 4 * 3);
  return std::clamp<std::size_t>(share, 1, connections_max);
}

/// False where the kernel knows no socket filters.
bool DropEverything(int listener) {
  sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);  // keep 0 bytes of any packet
  const sock_fprog program = {.len = 1, .filter = &drop};
  return ::setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

bool DropNothing(int listener) {
  const int unused = 0;
  return ::setsockopt(listener, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused) == 0;
}

}  // namespace

ListenGate::ListenGate(int listener, std::size_t connections_max)
    : listener_(listener), connections_max_(Bounded(connections_max)) {}

void ListenGate::On(SocketEvent event) {
  if (event == SocketEvent::kAccepted) ++connections_;
  if (event == SocketEvent::kDisconnected && connections_ > 0) --connections_;
  if (!closed_ && connections_ >= connections_max_) closed_ = DropEverything(listener_);
  if (closed_ && connections_ < connections_max_) closed_ = !DropNothing(listener_);
}

}  // namespace dyna::net
