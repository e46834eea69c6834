// Acknowledged appends of one row of 1 kB each to a running dyna-replay, `depth` of them in flight:
//   append_benchmark ENDPOINT DEPTH SECONDS
// prints rows per second. docs/results/append_versus_redis.py runs it beside Redis.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "common/core/check.hpp"
#include "common/ports/remote/remote_shard.hpp"

namespace dyna {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kObsColumns = 120, kActionColumns = 4;  // 1,024 bytes with provenance

EnvSpec Environment() {
  EnvSpec spec;
  spec.name = "benchmark";
  spec.observation =
      Space::Box(std::vector<double>(kObsColumns, -1.0), std::vector<double>(kObsColumns, 1.0));
  spec.action = Space::Box(std::vector<double>(kActionColumns, -1.0),
                           std::vector<double>(kActionColumns, 1.0));
  return spec;
}

std::unique_ptr<RemoteShard> Connect(net::Context& context, const std::string& endpoint,
                                     wire::Role role, std::size_t depth) {
  net::RequestPipeline::Options options;
  options.connection.endpoint = net::ConnectEndpoint("ENDPOINT", endpoint);
  options.connection.hello.client = {
      .role = role,
      .instance = std::string(wire::Name(role)) + "-benchmark",
      .run = "benchmark",
      .environment = Environment().name,
      .shape = Environment().transition_shape(),
      .discrete = false,
      .incarnation = static_cast<std::uint64_t>(Clock::now().time_since_epoch().count())};
  options.window.requests_max = depth + 16;
  return std::make_unique<RemoteShard>(
      std::make_unique<net::RequestPipeline>(context, options),
      RemoteShard::Options{.environment = Environment(),
                           .producer = 1,
                           .epoch = options.connection.hello.client.incarnation,
                           .append_bytes_max = std::size_t{64} << 20U,
                           .append_batches_max = depth});
}

/// So many rows that the benchmark never waits for a grant.
void GrantPlenty(RemoteShard& learner) {
  constexpr std::uint64_t kPlenty = 1'000'000'000;
  while (true) {
    const auto counters = learner.Counters(kRealTable);
    if (counters.ok()) {
      if (counters.value().granted >= kPlenty) return;
      (void)learner.Grant(kRealTable, {.incarnation = counters.value().incarnation,
                                       .grants = counters.value().grants,
                                       .inserted_max = kPlenty});
    }
    learner.Poll();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void Wait(RemoteShard& shard) {
  const net::Pollable* const socket = &shard.pipeline();
  net::WaitForAny({&socket, 1}, net::Milliseconds(10));
  shard.Poll();
}

double RowsPerSecond(RemoteShard& shard, double seconds) {
  auto row = TransitionBatch::Zeros(1, Environment().transition_shape());
  row.provenance.front().producer = 1;
  std::int64_t rows = 0;
  const auto begin = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  while (elapsed() < seconds) {
    while (shard.Append(kRealTable, row).ok()) ++rows;
    Wait(shard);
  }
  while (!shard.flushed()) {
    Wait(shard);
  }
  return static_cast<double>(rows) / elapsed();
}

}  // namespace
}  // namespace dyna

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: append_benchmark ENDPOINT DEPTH SECONDS\n");
    return 2;
  }
  dyna::net::Context context;
  const auto depth = static_cast<std::size_t>(std::strtoull(argv[2], nullptr, 10));
  const auto shard = dyna::Connect(context, argv[1], dyna::wire::Role::kActor, depth);
  const auto learner = dyna::Connect(context, argv[1], dyna::wire::Role::kLearner, 1);
  while (!shard->Counters(dyna::kRealTable).ok()) shard->Poll();
  dyna::GrantPlenty(*learner);
  std::printf("%.0f\n", dyna::RowsPerSecond(*shard, std::strtod(argv[3], nullptr)));
  return 0;
}
