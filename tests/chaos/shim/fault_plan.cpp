#include "tests/chaos/shim/fault_plan.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

namespace dyna::chaos {
namespace {

std::vector<std::string> Split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(at), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Fault FaultNamed(const std::string& name) {
  using enum Fault::Action;
  if (name == "kill") return {.action = kKill};
  if (name == "stop") return {.action = kStop};
  if (name == "skip") return {.action = kSkip};
  if (name == "ENOSPC") return {.action = kError, .error = ENOSPC};
  if (name == "EIO") return {.action = kError, .error = EIO};
  if (name == "EROFS") return {.action = kError, .error = EROFS};
  ShimPanic("no such action", name.c_str());
}

}  // namespace

void ShimPanic(const char* what, const char* detail) {
  const std::string text = std::string("fault shim: ") + what + ": " + detail + "\n";
  (void)!::syscall(SYS_write, STDERR_FILENO, text.data(), text.size());
  std::abort();
}

FaultPlan::FaultPlan(std::string_view orders, const char* hits_path) {
  for (const std::string& order : Split(orders, ',')) orders_.push_back(Parse(order));
  const auto fd =
      static_cast<int>(::syscall(SYS_openat, AT_FDCWD, hits_path, O_RDWR | O_CREAT, 0644));
  if (fd < 0 || ::syscall(SYS_ftruncate, fd, sizeof(Hits)) != 0) ShimPanic("hits", hits_path);
  void* const memory = ::mmap(nullptr, sizeof(Hits), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) ShimPanic("cannot map", hits_path);
  hits_ = static_cast<Hits*>(memory);
  ::syscall(SYS_close, fd);
}

FaultPlan::Order FaultPlan::Parse(std::string_view text) {
  const auto parts = Split(text, ':');
  if (parts.size() < 3) ShimPanic("not POINT:N:ACTION", std::string(text).c_str());
  const auto name = std::find(kPointNames.begin(), kPointNames.end(), parts[0]);
  if (name == kPointNames.end()) ShimPanic("no such point", parts[0].c_str());
  return {.point = static_cast<Point>(name - kPointNames.begin()),
          .first = std::strtoull(parts[1].c_str(), nullptr, 10),
          .count = parts.size() > 3 ? std::strtoull(parts[3].c_str(), nullptr, 10) : 1,
          .fault = FaultNamed(parts[2])};
}

Fault FaultPlan::Reach(Point point) {
  const auto at = static_cast<std::size_t>(point);
  const std::uint64_t now = __atomic_add_fetch(&lives_[at], 1, __ATOMIC_RELAXED);
  __atomic_add_fetch(&hits_->passed[at], 1, __ATOMIC_RELAXED);
  for (const Order& order : orders_) {
    if (order.point != point || now < order.first || now - order.first >= order.count) continue;
    __atomic_add_fetch(&hits_->fired[at], 1, __ATOMIC_RELAXED);
    return order.fault;
  }
  return {};
}

Fault FaultPlan::Pass(Point point) {
  const Fault fault = Reach(point);
  Suffer(fault);
  return fault;
}

void FaultPlan::Suffer(Fault fault) {
  if (fault.action == Fault::Action::kKill) {
    ::kill(::getpid(), SIGKILL);
    while (true) ::pause();
  }
  if (fault.action == Fault::Action::kStop) ::kill(::getpid(), SIGSTOP);
}

}  // namespace dyna::chaos
