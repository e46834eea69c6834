#include "tests/integration/real_rows.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>
#include <utility>

#include "common/config/config.hpp"
#include "common/wire/messages_environment.hpp"

namespace dyna::testing_support {

using Clock = std::chrono::steady_clock;

RowReader::RowReader(const std::filesystem::path& run) {
  Config cluster = Config::FromFile(run / "cluster.toml");
  ShardPool::Options options;
  for (const std::string& text : cluster.GetStrings("cluster.replay", {}, 1, 1024)) {
    options.names.endpoints.push_back(net::ConnectEndpoint("cluster.replay", text));
  }
  wire::Identity& who = options.pipeline.connection.hello.client;
  who.role = wire::Role::kActor;
  who.instance = "reader";
  who.run = run.filename();
  who.environment = "Pendulum-v1";
  net::RequestPipeline::Options first = options.pipeline;
  first.connection.endpoint = options.names.endpoints.front();
  options.shard.environment = AskEnvironment(first);
  who.shape = options.shard.environment.transition_shape();
  pool_.emplace(context_, options, nullptr);
}

std::vector<std::vector<TransitionBatch>> RowReader::ReadAll(std::size_t shards) {
  EXPECT_TRUE(Until([&] {
    pool_->Poll();
    return pool_->shards() == shards;
  }));
  std::vector<std::vector<TransitionBatch>> all;
  for (const auto& [tag, shard] : pool_->by_tag()) {
    all.emplace_back();
    std::uint64_t end = 0;
    EXPECT_TRUE(Until([&, &one = *shard] {
      pool_->Poll();
      const auto counters = one.Counters(kRealTable);
      if (counters.ok()) end = counters.value().inserted;
      return counters.ok();
    }));
    for (std::uint64_t cursor = 0; cursor < end;) {
      EXPECT_TRUE(Until([&, &one = *shard] {
        pool_->Poll();
        auto read = one.ReadSince(kRealTable, cursor, 1000);
        if (!read.ok()) return false;
        cursor = read.value().next_cursor;
        all.back().push_back(std::move(read.value().rows));
        return true;
      }));
      if (testing::Test::HasFailure()) return all;
    }
  }
  return all;
}

EnvSpec RowReader::AskEnvironment(const net::RequestPipeline::Options& options) {
  net::RequestPipeline pipeline(context_, options);
  std::optional<net::RequestId> request;
  std::optional<EnvSpec> spec;
  EXPECT_TRUE(Until([&] {
    pipeline.Poll(net::Milliseconds(0));
    if (!request && pipeline.ready()) request = pipeline.Send(wire::Describe{}).value();
    if (!request) return false;
    const auto answer = pipeline.Take(*request);
    if (answer) spec = answer->value().Decode<wire::Environment>().value().spec;
    return spec.has_value();
  }));
  return spec.value();
}

bool RowReader::Until(const std::function<bool()>& done) {
  // A shard that dies again and again is started again after 30 s at most.
  const auto end = Clock::now() + std::chrono::seconds(90);
  while (!done()) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

namespace {

struct LastRow {
  Provenance from = {};
  Eigen::VectorXf next_obs = {};
  bool ended = false;
};

}  // namespace

RowFindings InspectRows(const std::vector<TransitionBatch>& batches) {
  RowFindings found;
  std::map<std::uint32_t, LastRow> last;
  for (const TransitionBatch& batch : batches) {
    for (std::int64_t row = 0; row < batch.size(); ++row) {
      const Provenance& from = batch.provenance[static_cast<std::size_t>(row)];
      const auto before = last.find(from.producer);
      const bool first = before == last.end();
      if (from.step == 0) {
        if (!first && !before->second.ended) ++found.broken;
      } else {
        const bool follows = !first && before->second.from.episode == from.episode &&
                             before->second.from.step + 1 == from.step &&
                             before->second.next_obs == batch.obs.row(row).transpose();
        if (!follows) ++found.gaps;
      }
      last[from.producer] = {.from = from,
                             .next_obs = batch.next_obs.row(row).transpose(),
                             .ended = batch.terminated[row] != 0 || batch.truncated[row] != 0};
      ++found.rows;
    }
  }
  return found;
}

RowFindings InspectRows(const std::vector<std::vector<TransitionBatch>>& shards) {
  RowFindings sum;
  for (const auto& batches : shards) {
    const RowFindings found = InspectRows(batches);
    sum.rows += found.rows;
    sum.gaps += found.gaps;
    sum.broken += found.broken;
  }
  return sum;
}

std::int64_t DoubledRows(const std::vector<std::vector<TransitionBatch>>& shards) {
  std::set<std::vector<float>> seen;
  std::int64_t doubles = 0;
  for (const auto& batches : shards) {
    for (const TransitionBatch& batch : batches) {
      for (std::int64_t row = 0; row < batch.size(); ++row) {
        std::vector<float> values;
        for (Eigen::Index c = 0; c < batch.obs.cols(); ++c) values.push_back(batch.obs(row, c));
        for (Eigen::Index c = 0; c < batch.next_obs.cols(); ++c) {
          values.push_back(batch.next_obs(row, c));
        }
        values.push_back(batch.reward[row]);
        if (!seen.insert(std::move(values)).second) ++doubles;
      }
    }
  }
  return doubles;
}

}  // namespace dyna::testing_support
