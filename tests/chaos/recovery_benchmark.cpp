// How long a shard takes from its start until it serves, with a million rows of Hopper's size on
// its disk, from a snapshot and the log behind it.
//
//   recovery_benchmark [ROWS]

#include <signal.h>
#include <stdlib.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "common/core/check.hpp"
#include "common/core/rng.hpp"
#include "common/ports/remote/remote_shard.hpp"
#include "tests/chaos/shard_process.hpp"

namespace dyna::chaos {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kObs = 11;
constexpr std::int64_t kAction = 3;
constexpr std::int64_t kRowsPerAppend = 500;
constexpr int kRestarts = 5;

EnvSpec Hopper() {
  EnvSpec spec;
  spec.name = "Hopper";
  spec.observation = Space::Box(std::vector<double>(kObs, -1.0), std::vector<double>(kObs, 1.0));
  spec.action = Space::Box(std::vector<double>(kAction, -1.0), std::vector<double>(kAction, 1.0));
  spec.max_episode_steps = 1000;
  return spec;
}

ShardProcess::Options Program(const fs::path& root) {
  std::ofstream(root / "config.toml")
      << "[replay]\nbind = \"tcp://127.0.0.1:0\"\nfolder = \"" << (root / "shard").string()
      << "\"\nsnapshot_mib = 64\nsegment_mib = 16\nreal_capacity = 10000000\n[env]\nname = "
      << "\"Hopper\"\n[cluster]\nrun = \"r\"\ninstance = \"replay-0\"\n[log]\nlevel = \"info\"\n";
  return {.program = DYNA_REPLAY_PROGRAM, .arguments = {"--config", root / "config.toml"}};
}

void AwaitPort(ShardProcess& shard) {
  while (!shard.port()) {
    DYNA_CHECK_MSG(!shard.status(), shard.output());
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void Fill(std::uint16_t port, std::int64_t rows) {
  net::Context context;
  net::RequestPipeline::Options pipeline;
  pipeline.connection.endpoint =
      net::ConnectEndpoint("benchmark", "tcp://127.0.0.1:" + std::to_string(port));
  pipeline.connection.hello = {.client = {.role = wire::Role::kActor,
                                          .instance = "actor-1",
                                          .run = "r",
                                          .environment = "Hopper",
                                          .shape = Hopper().transition_shape(),
                                          .discrete = false,
                                          .incarnation = 1},
                               .producer = 1};
  RemoteShard shard(std::make_unique<net::RequestPipeline>(context, pipeline),
                    {.environment = Hopper(), .producer = 1, .epoch = 1});
  Rng rng(1, "rows");
  auto batch = TransitionBatch::Zeros(kRowsPerAppend, Hopper().transition_shape());
  for (std::int64_t i = 0; i < batch.obs.size(); ++i) {
    batch.obs.data()[i] = static_cast<float>(rng.Normal());
    batch.next_obs.data()[i] = static_cast<float>(rng.Normal());
  }
  for (std::int64_t sent = 0; sent < rows || !shard.flushed();) {
    if (sent < rows && shard.Append(kRealTable, batch).ok()) sent += kRowsPerAppend;
    shard.Poll();
    const auto now = shard.Counters(kRealTable);
    if (now.ok() && now.value().granted < kRowsUnlimited) {
      (void)shard.Grant(kRealTable, {.incarnation = now.value().incarnation,
                                     .grants = now.value().grants,
                                     .inserted_max = kRowsUnlimited});
    }
  }
}

void Run(std::int64_t rows) {
  std::string name = (fs::temp_directory_path() / "dyna_recovery_XXXXXX").string();
  DYNA_CHECK(::mkdtemp(name.data()) != nullptr);
  const fs::path root = name;
  const auto program = Program(root);
  {
    ShardProcess shard(program);
    AwaitPort(shard);
    Fill(*shard.port(), rows);
    shard.Signal(SIGKILL);
    (void)shard.Wait();
  }
  std::uintmax_t snapshots = 0;
  std::uintmax_t log = 0;
  for (const auto& entry : fs::directory_iterator(root / "shard")) {
    (entry.path().extension() == ".seg" ? log : snapshots) += entry.file_size();
  }
  std::printf("rows %lld, snapshots %.1f MiB, log %.1f MiB\n", static_cast<long long>(rows),
              static_cast<double>(snapshots) / 1048576.0, static_cast<double>(log) / 1048576.0);
  for (int restart = 0; restart < kRestarts; ++restart) {
    const auto begin = Clock::now();
    ShardProcess shard(program);
    AwaitPort(shard);
    const std::chrono::duration<double> took = Clock::now() - begin;
    const std::size_t at = shard.output().find("event=restored");
    std::printf("serves after %.3f s: %s\n", took.count(),
                shard.output().substr(at, shard.output().find('\n', at) - at).c_str());
  }
  fs::remove_all(root);
}

}  // namespace
}  // namespace dyna::chaos

int main(int argc, char** argv) {
  dyna::chaos::Run(argc > 1 ? std::atoll(argv[1]) : 1'000'000);
  return 0;
}
