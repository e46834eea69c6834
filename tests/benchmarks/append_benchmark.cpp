// Acknowledged appends to a running dyna-replay, so many in flight: prints rows per second.
// docs/results/append_versus_redis.py runs it beside Redis, docs/results/recovery.py to fill a
// shard.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <thread>

#include "common/core/check.hpp"
#include "common/ports/remote/remote_shard.hpp"

namespace dyna {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string endpoint = {};
  std::size_t depth = 1;   // rows in flight
  std::int64_t batch = 1;  // rows per message, as an actor with so many environments sends them
  double seconds = std::numeric_limits<double>::infinity();
  std::int64_t rows = std::numeric_limits<std::int64_t>::max();
  std::int64_t obs = 120;  // with these, 1,024 bytes with provenance
  std::int64_t action = 4;
};

EnvSpec Environment(const Options& options) {
  const auto box = [](std::int64_t columns) {
    const auto n = static_cast<std::size_t>(columns);
    return Space::Box(std::vector<double>(n, -1.0), std::vector<double>(n, 1.0));
  };
  EnvSpec spec;
  spec.name = "benchmark";
  spec.observation = box(options.obs);
  spec.action = box(options.action);
  return spec;
}

std::unique_ptr<RemoteShard> Connect(net::Context& context, const Options& options,
                                     wire::Role role) {
  const EnvSpec environment = Environment(options);
  net::RequestPipeline::Options pipeline;
  pipeline.connection.endpoint = net::ConnectEndpoint("ENDPOINT", options.endpoint);
  pipeline.connection.hello.client = {
      .role = role,
      .instance = std::string(wire::Name(role)) + "-benchmark",
      .run = "benchmark",
      .environment = environment.name,
      .shape = environment.transition_shape(),
      .discrete = false,
      .incarnation = static_cast<std::uint64_t>(Clock::now().time_since_epoch().count())};
  pipeline.window.requests_max = options.depth + 16;
  return std::make_unique<RemoteShard>(
      std::make_unique<net::RequestPipeline>(context, pipeline),
      RemoteShard::Options{.environment = environment,
                           .producer = 1,
                           .epoch = pipeline.connection.hello.client.incarnation,
                           .append_bytes_max = std::size_t{64} << 20U,
                           .append_batches_max = std::max<std::size_t>(
                               1, options.depth / static_cast<std::size_t>(options.batch))});
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

double RowsPerSecond(RemoteShard& shard, const Options& options) {
  auto batch = TransitionBatch::Zeros(options.batch, Environment(options).transition_shape());
  for (Provenance& row : batch.provenance) row.producer = 1;
  std::int64_t rows = 0;
  const auto begin = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  while (rows < options.rows && elapsed() < options.seconds) {
    while (rows < options.rows && shard.Append(kRealTable, batch).ok()) {
      rows += options.batch;
    }
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
  dyna::Options options;
  CLI::App app("Acknowledged appends to a running dyna-replay; prints rows per second");
  app.add_option("endpoint", options.endpoint, "of the shard")->required();
  app.add_option("--depth", options.depth, "rows in flight");
  app.add_option("--batch", options.batch, "rows per message")->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.seconds, "how long, at most");
  app.add_option("--rows", options.rows, "how many, at most");
  app.add_option("--obs", options.obs, "observation columns");
  app.add_option("--action", options.action, "action columns");
  CLI11_PARSE(app, argc, argv);
  dyna::net::Context context;
  const auto shard = dyna::Connect(context, options, dyna::wire::Role::kActor);
  const auto learner = dyna::Connect(context, options, dyna::wire::Role::kLearner);
  while (!shard->Counters(dyna::kRealTable).ok()) shard->Poll();
  dyna::GrantPlenty(*learner);
  std::printf("%.0f\n", dyna::RowsPerSecond(*shard, options));
  return 0;
}
