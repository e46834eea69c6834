#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <random>
#include <string>
#include <thread>

#include "tests/support/chaos_proxy.hpp"

// A bad network for a cluster to live with: passes bytes on, late, and at random times stalls them
// or breaks every connection. Runs until it is killed.

namespace {

using dyna::testing_support::ChaosProxy;
using std::chrono::milliseconds;

struct Faults {
  int delay_ms = 0;
  int every_ms = 0;  ///< mean time between two; 0 = none
  int stall_ms_max = 3000;
  std::uint64_t seed = 0;
};

[[noreturn]] void Misbehave(ChaosProxy& proxy, const Faults& faults) {
  std::mt19937_64 random(faults.seed);
  std::uniform_int_distribution<int> pause(faults.every_ms / 2, faults.every_ms * 3 / 2);
  std::uniform_int_distribution<int> stall(500, faults.stall_ms_max);
  std::uniform_int_distribution<int> kind(0, 2);
  while (true) {
    std::this_thread::sleep_for(milliseconds(faults.every_ms > 0 ? pause(random) : 1000));
    if (faults.every_ms == 0) continue;
    switch (kind(random)) {
      case 0: {
        const milliseconds time(stall(random));
        std::cout << "stall " << time.count() << " ms" << std::endl;
        proxy.SetStalled(true);
        std::this_thread::sleep_for(time);
        proxy.SetStalled(false);
        break;
      }
      case 1:
        std::cout << "reset" << std::endl;
        proxy.ResetAll();
        break;
      default:
        std::cout << "cut" << std::endl;
        proxy.CutAll();
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("TCP proxy that delays, stalls, resets and cuts");
  ChaosProxy::Options options;
  Faults faults;
  app.add_option("--listen", options.listen_address, "IPv4 address")->required();
  app.add_option("--listen-port", options.listen_port)->required();
  app.add_option("--to", options.target_address, "IPv4 address")->required();
  app.add_option("--to-port", options.target_port)->required();
  app.add_option("--delay-ms", faults.delay_ms, "of every byte, each way");
  app.add_option("--fault-every-ms", faults.every_ms, "mean; 0 = never");
  app.add_option("--stall-ms-max", faults.stall_ms_max)->check(CLI::Range(500, 60'000));
  app.add_option("--seed", faults.seed);
  CLI11_PARSE(app, argc, argv);
  ChaosProxy proxy(options);
  proxy.SetDelay(milliseconds(faults.delay_ms));
  Misbehave(proxy, faults);
}
