#include <gtest/gtest.h>

#include <memory>
#include <new>
#include <optional>
#include <string>

#include "common/ports/remote/remote_weights.hpp"
#include "common/ports/remote/weights_desk.hpp"
#include "common/wire/messages_replay.hpp"
#include "tests/common/net/net_testing.hpp"

namespace dyna {
namespace {

using net::Eventually;

constexpr net::Milliseconds kNow{0};

/// A role that has nothing but a desk.
class Publisher : public net::Handler {
 public:
  explicit Publisher(net::Context& context)
      : server_(context, {.endpoint = net::BindEndpoint("test", "tcp://127.0.0.1:0")}, *this) {}

  Result<wire::Welcome> OnHello(net::PeerId /*peer*/, const wire::Hello& /*hello*/) override {
    return wire::Welcome{.server = {.role = wire::Role::kLearner, .instance = "learner-0"},
                         .shard = 0,
                         .tables = {}};
  }
  void OnRequest(net::Request request, const wire::Hello& /*client*/) override {
    desk.Serve(request, server_);
  }
  void Poll() { server_.Poll(kNow); }
  const net::Endpoint& endpoint() const { return server_.endpoint(); }

  WeightsDesk desk;

 private:
  net::Server server_;
};

std::shared_ptr<const WeightsBlob> Blob(std::uint64_t version) {
  auto blob = std::make_shared<WeightsBlob>();
  blob->version = version;
  blob->arrays.PutScalar<double>("weight", 0.5 * static_cast<double>(version));
  return blob;
}

class RemoteWeightsTest : public testing::Test {
 protected:
  RemoteWeightsTest() { Connect(); }

  void Connect() {
    net::RequestPipeline::Options options;
    options.connection.endpoint = publisher_->endpoint();
    options.connection.hello = net::HelloOf("actor-1");
    pipeline_ = std::make_unique<net::RequestPipeline>(context_, options);
    weights_ = std::make_unique<RemoteWeights>();
    weights_->Follow(*pipeline_, {.name = kPolicyWeights, .period = net::Milliseconds(1)});
  }
  void Turn() {
    publisher_->Poll();
    pipeline_->Poll(kNow);
    weights_->Poll();
  }
  std::uint64_t VersionHere() const {
    const auto blob = weights_->of(kPolicyWeights).FetchIfNewer(0);
    return blob ? blob->version : 0;
  }
  bool AwaitVersion(std::uint64_t version) {
    return Eventually([&] {
      Turn();
      return VersionHere() == version;
    });
  }

  net::Context context_;
  std::unique_ptr<Publisher> publisher_ = std::make_unique<Publisher>(context_);
  std::unique_ptr<net::RequestPipeline> pipeline_;
  std::unique_ptr<RemoteWeights> weights_;
};

TEST_F(RemoteWeightsTest, NewerVersionsArriveWithTheirArraysAndOlderOnesAreNotAsked) {
  EXPECT_EQ(weights_->FetchIfNewer(kPolicyWeights, 0), nullptr);
  publisher_->desk.Publish(kPolicyWeights, Blob(1));
  ASSERT_TRUE(AwaitVersion(1));
  EXPECT_EQ(weights_->FetchIfNewer(kPolicyWeights, 0)->arrays.GetScalar<double>("weight"), 0.5);
  EXPECT_EQ(weights_->FetchIfNewer(kPolicyWeights, 1), nullptr);
  publisher_->desk.Publish(kPolicyWeights, Blob(7));
  ASSERT_TRUE(AwaitVersion(7));
  EXPECT_EQ(weights_->FetchIfNewer(kPolicyWeights, 1)->arrays.GetScalar<double>("weight"), 3.5);
}

TEST_F(RemoteWeightsTest, RealStepsTravelWithEveryAnswerEvenIfThereIsNothingNewer) {
  publisher_->desk.set_env_steps(40);
  ASSERT_TRUE(Eventually([&] {
    Turn();
    return weights_->of(kPolicyWeights).env_steps() == 40;
  }));
  EXPECT_EQ(VersionHere(), 0U);
  publisher_->desk.Publish(kPolicyWeights, Blob(1));
  publisher_->desk.set_env_steps(60);
  ASSERT_TRUE(AwaitVersion(1));
  EXPECT_TRUE(Eventually([&] {
    Turn();
    return weights_->of(kPolicyWeights).env_steps() == 60;
  }));
}

// Promise P7: a publisher that lost its newest checkpoint counts again from a lower version.
TEST_F(RemoteWeightsTest, VersionsNeverGoBackForAReader) {
  publisher_->desk.Publish(kPolicyWeights, Blob(9));
  ASSERT_TRUE(AwaitVersion(9));
  WeightsDesk& desk = publisher_->desk;
  const auto newest = [&] { return weights_->of(kPolicyWeights).newest_version(); };
  ASSERT_EQ(newest(), 9U);
  // The same server with another desk, as after a restart that the connection outlived.
  desk.~WeightsDesk();
  new (&desk) WeightsDesk;
  desk.Publish(kPolicyWeights, Blob(4));
  ASSERT_TRUE(Eventually([&] {
    Turn();
    return newest() == 4;
  }));
  EXPECT_EQ(VersionHere(), 9U);
  desk.Publish(kPolicyWeights, Blob(10));
  EXPECT_TRUE(AwaitVersion(10));
}

TEST_F(RemoteWeightsTest, WhatIsNoRequestForWeightsIsRefused) {
  std::optional<Result<net::Received>> answer;
  std::optional<net::RequestId> request;
  ASSERT_TRUE(Eventually([&] {
    Turn();
    if (!request) {
      const auto sent = pipeline_->Send(wire::Counters{.table = "real"});
      if (sent.ok()) request = sent.value();
    } else if (!answer) {
      answer = pipeline_->Take(*request);
    }
    return answer.has_value();
  }));
  EXPECT_FALSE(answer->ok());
}

}  // namespace
}  // namespace dyna
