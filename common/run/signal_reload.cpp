#include "common/run/signal_reload.hpp"

#include <csignal>

namespace dyna {
namespace {

volatile std::sig_atomic_t g_requested = 0;  // the only thing a handler may touch

void OnSignal(int /*signal*/) { g_requested = 1; }

}  // namespace

SignalReload::SignalReload() {
  g_requested = 0;
  std::signal(SIGHUP, OnSignal);
}

SignalReload::~SignalReload() { std::signal(SIGHUP, SIG_DFL); }

bool SignalReload::Take() noexcept {
  if (g_requested == 0) return false;
  g_requested = 0;  // before the file is read: a signal from now on is for the next time
  return true;
}

}  // namespace dyna
