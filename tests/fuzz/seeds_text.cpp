#include <string_view>

#include "tests/fuzz/seed_writer.hpp"
#include "tests/fuzz/seeds.hpp"

namespace dyna::fuzz {
namespace {

Bytes TextBytes(std::string_view text) { return SeedWriter().Text(text).bytes(); }

}  // namespace

void MakeTextSeeds(const TakeSeed& take) {
  using namespace std::string_view_literals;
  take("config", "file", TextBytes(R"([run]
seed = 3
name = "a \"run\"\n"
[learner]
gamma = 0.5
algorithm = "dqn"
rates = [0.1, 2, 1e-3]
[replay]
prioritized = true
durable = ["real", 'synthetic']
[model]
hidden = [200, 1_00]
)"));
  take("config", "sets",
       TextBytes("[run]\nseed = 3\n\0run.seed = 4\0learner.algorithm=dqn\0"
                 "model.hidden=[1, 2]\0run.name=\"x\""sv));
  take("config", "foreign",
       TextBytes("[cluster]\nhosts = [\"a\", 'b']\nwhen = 1979-05-27\n"
                 "[cluster.deep]\nx = { y = inf, z = [[1], []] }\n"));
  take("config", "inline", TextBytes("run = { seed = 0x1F, name = '''x''' }\nlearner.gamma = 1\n"));
  take("endpoint", "tcp", TextBytes("tcp://learner.example:5555"));
  take("endpoint", "any", TextBytes("tcp://*:*"));
  take("endpoint", "v6", TextBytes("tcp://[fe80::1%eth0]:80"));
  take("endpoint", "ipc", TextBytes("ipc:///tmp/dyna.sock"));
  take("metrics_page", "page",
       TextBytes("# HELP dyna_x what it is\n# TYPE dyna_x gauge\n"
                 "dyna_x{table=\"real\"} 12\ndyna_y_total 1.5e3\n"
                 "dyna_z NaN\ndyna_w +Inf\n"));
}

void MakeSeeds(const TakeSeed& take) {
  MakeWireSeeds(take);
  MakeStateSeeds(take);
  MakeLogSeeds(take);
  MakeTextSeeds(take);
  MakeBridgeSeeds(take);
  MakeDataSeeds(take);
}

}  // namespace dyna::fuzz
