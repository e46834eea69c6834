#include <memory>
#include <utility>

#include "cli/bench/bench_case.hpp"
#include "cli/bench/bench_shapes.hpp"
#include "cli/bench/bench_spec.hpp"
#include "cli/bench/random_rows.hpp"
#include "common/config/config.hpp"
#include "common/core/check.hpp"
#include "learner/algorithms/registry.hpp"
#include "replay/replay_shard.hpp"

namespace dyna::cli {
namespace {

/// Batches from a table in this process.
class TableSource : public learner::BatchSource {
 public:
  TableSource(TransitionShape shape, std::int64_t actions, std::int64_t batch)
      : shard_({.tables = {{"t", {.capacity = kTableRows, .shape = shape}}}}, 1), batch_(batch) {
    DYNA_CHECK(shard_.Append("t", RandomRows(kTableRows, shape, actions)).ok());
  }
  Result<SampleBatch> Sample() override { return shard_.Sample({.table = "t", .rows = batch_}); }
  Result<TransitionBatch> ReadNew(std::int64_t) override { return TransitionBatch{}; }
  Status UpdatePriorities(const std::vector<double>&) override { return Done{}; }
  std::int64_t real_rows() const override { return batch_; }

 private:
  replay::ReplayShard shard_;
  std::int64_t batch_;
};

std::function<double()> Updates(std::shared_ptr<learner::Algorithm> algorithm,
                                std::shared_ptr<TableSource> source) {
  return [algorithm = std::move(algorithm), source = std::move(source)] {
    DYNA_CHECK(algorithm->Update(*source).ok());
    return 1.0;
  };
}

/// Multiply-adds of one row through a net I, H1, H2, N.
double Net(std::int64_t in, std::int64_t first, std::int64_t second, std::int64_t out) {
  return static_cast<double>(in * first + first * second + second * out);
}

// Passes of one update through each net: forward, gradient by weights, gradient by inputs. The
// gradient by the first layer's inputs is not wanted, except for the action's columns.
double SacGflop() {
  const double policy = Net(kObs, kHidden, kHidden, 2 * kActions);
  const double critic = Net(kObs + kActions, kHidden, kHidden, 1);
  const double policy_macs = 4.0 * policy - static_cast<double>(kObs * kHidden);
  const double critic_inner = critic - static_cast<double>((kObs + kActions) * kHidden);
  const double critic_macs = 4.0 * critic + 2.0 * critic_inner + kActions * kHidden;
  return 2e-9 * kBatch * (policy_macs + 2.0 * critic_macs);
}

double DqnGflop() {
  const double net = Net(kDqnObs, kDqnFirst, kDqnSecond, kDqnActions);
  return 2e-9 * kDqnBatch * (5.0 * net - static_cast<double>(kDqnObs * kDqnFirst));
}

/// With its default options, whose networks are those of the shapes.
std::shared_ptr<learner::Algorithm> Make(const std::string& name, const EnvSpec& spec) {
  Config config = Config::FromText("[learner]\nalgorithm = \"" + name + "\"\n", "dyna bench");
  return learner::MakeAlgorithm(config, spec, 0);
}

}  // namespace

std::vector<BenchCase> LearnerCases() {
  return {{.key = "sac_updates_per_s",
           .gflop = SacGflop(),
           .ours = Updates(Make("sac", SacSpec()), std::make_shared<TableSource>(
                                                       TransitionShape{kObs, kActions}, 0, kBatch)),
           .baseline = TorchSac()},
          {.key = "dqn_updates_per_s",
           .gflop = DqnGflop(),
           .ours = Updates(
               Make("dqn", DqnSpec()),
               std::make_shared<TableSource>(TransitionShape{kDqnObs, 1}, kDqnActions, kDqnBatch)),
           .baseline = TorchDqn()}};
}

}  // namespace dyna::cli
