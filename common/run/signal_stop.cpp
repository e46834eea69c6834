#include "common/run/signal_stop.hpp"

#include <csignal>

namespace dyna {
namespace {

volatile std::sig_atomic_t g_requested = 0;  // the only thing a handler may touch

void OnSignal(int signal) {
  g_requested = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

SignalStop::SignalStop() {
  g_requested = 0;
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
}

SignalStop::~SignalStop() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

bool SignalStop::requested() const noexcept { return g_requested != 0; }

}  // namespace dyna
