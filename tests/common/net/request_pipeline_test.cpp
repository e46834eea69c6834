#include "common/net/request_pipeline.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/common/net/net_testing.hpp"

namespace dyna::net {
namespace {

wire::Bytes Pattern(std::size_t size) {
  wire::Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + size);
  return bytes;
}

/// The ids of `count` appends, numbered from 0.
std::vector<RequestId> SendAppends(RequestPipeline& client, std::uint64_t count,
                                   const SendOptions& options = {}) {
  std::vector<RequestId> ids;
  for (std::uint64_t i = 0; i < count; ++i) {
    ids.push_back(client.Send(AppendOf(i), Frame(Pattern(i)), options).value());
  }
  return ids;
}

class EachTransportTest : public testing::TestWithParam<const char*> {
 protected:
  static Server::Options Options() {
    if (std::string(GetParam()) == "tcp") return Service::LoopbackOptions();
    const std::string path = testing::TempDir() + "dyna_net_test.sock";
    std::filesystem::remove(path);
    return {.endpoint = {.transport = Endpoint::Transport::kIpc, .path = path}};
  }
};
INSTANTIATE_TEST_SUITE_P(Transports, EachTransportTest, testing::Values("tcp", "ipc"));

TEST_P(EachTransportTest, EveryRequestGetsItsOwnAnswerAndPayloadsArriveUnchanged) {
  Context context;
  Service service(context, Options());
  RequestPipeline client(context, ClientOptions(service.server.endpoint()));
  const std::vector<std::size_t> sizes = {0, 1, 33, 34, 1000, 4096, 4097, 100'000};
  std::vector<RequestId> ids;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    ids.push_back(client.Send(AppendOf(i), Frame(Pattern(sizes[i]))).value());
  }
  ASSERT_TRUE(
      Spin(client, service.server, [&] { return client.counters().answered == sizes.size(); }));
  for (const RequestId id : ids) {
    const auto reply = client.Take(id);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->value().Decode<wire::AppendAck>().value().next_seq, id);
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(service.shard.payloads[i], Pattern(sizes[i]));
  }
  EXPECT_EQ(client.connection().welcome()->shard, 3);
  EXPECT_EQ(service.shard.hellos, 1);
}

TEST(RequestPipelineTest, WhatIsSentBeforeThePeerExistsArrivesInOrderOnceItDoes) {
  Context context;
  auto service = std::make_optional<Service>(context);
  const Endpoint endpoint = service->server.endpoint();
  service.reset();
  RequestPipeline client(context, ClientOptions(endpoint));
  SendAppends(client, 10);
  ASSERT_TRUE(Spin(client, [&] { return client.connection().counters().attempts > 3; }));
  EXPECT_FALSE(client.ready());
  EXPECT_NE(client.connection().Explain().find(endpoint.text()), std::string::npos);
  service.emplace(context, Server::Options{.endpoint = endpoint});
  ASSERT_TRUE(Spin(client, service->server, [&] { return client.counters().answered == 10; }));
  EXPECT_EQ(service->shard.appended, (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(RequestPipelineTest, ANameIsConnectedToAtItsIPv4AddressFirst) {
  Context context;
  Service service(context);
  RequestPipeline client(
      context, ClientOptions({.host = "localhost", .port = service.server.endpoint().port}));
  ASSERT_TRUE(Spin(client, service.server, [&] { return client.ready(); }));
  EXPECT_EQ(client.connection().counters().attempts, 1U);
}

TEST(RequestPipelineTest, ARestartedPeerGetsAgainInOrderWhatItHadNotAnswered) {
  Context context;
  auto service = std::make_optional<Service>(context);
  const Endpoint endpoint = service->server.endpoint();
  RequestPipeline client(context, ClientOptions(endpoint));
  service->shard.hold = true;
  SendAppends(client, 5);
  ASSERT_TRUE(Spin(client, service->server, [&] { return service->shard.held.size() == 5; }));
  service->shard.Answer(service->shard.held[1]);
  ASSERT_TRUE(Spin(client, service->server, [&] { return client.counters().answered == 1; }));
  service.reset();
  ASSERT_TRUE(Spin(client, [&] { return !client.ready(); }));
  EXPECT_EQ(client.window().unanswered(), 4U);
  service.emplace(context, Server::Options{.endpoint = endpoint});
  ASSERT_TRUE(Spin(client, service->server, [&] { return client.counters().answered == 5; }));
  EXPECT_EQ(service->shard.appended, (std::vector<std::uint64_t>{0, 2, 3, 4}));
  EXPECT_EQ(service->shard.payloads[3], Pattern(4));
  EXPECT_EQ(client.counters().resent, 4U);
  EXPECT_EQ(client.connection().counters().welcomes, 2U);
}

TEST(RequestPipelineTest, WhatMayNotHappenTwiceEndsWithTheConnectionThatCarriedIt) {
  Context context;
  auto service = std::make_optional<Service>(context);
  RequestPipeline client(context, ClientOptions(service->server.endpoint()));
  service->shard.hold = true;
  const auto ids = SendAppends(client, 2, {.idempotent = false});
  ASSERT_TRUE(Spin(client, service->server, [&] { return service->shard.held.size() == 2; }));
  service.reset();
  ASSERT_TRUE(Spin(client, [&] { return client.window().unanswered() == 0; }));
  for (const RequestId id : ids) {
    const auto reply = client.Take(id);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->error().code, ErrorCode::kTimeout);
    EXPECT_NE(reply->error().message.find("is not known"), std::string::npos);
  }
}

TEST(RequestPipelineTest, AFullWindowRefusesNamesItsLimitAndThePeerAndLeavesThePayload) {
  Context context;
  auto options = ClientOptions({.host = "127.0.0.1", .port = 1});
  options.window = {.bytes_max = 2000, .requests_max = 100};
  RequestPipeline client(context, options);
  EXPECT_TRUE(client.Send(AppendOf(0), Frame(Pattern(1500))).ok());
  Frame payload(Pattern(1000));
  const auto refused = client.Send(AppendOf(1), std::move(payload));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kBackpressure);
  EXPECT_NE(refused.error().message.find("at most 2000"), std::string::npos);
  EXPECT_NE(refused.error().message.find("tcp://127.0.0.1:1"), std::string::npos);
  EXPECT_EQ(payload.size(), 1000U);  // NOLINT(bugprone-use-after-move): that is the promise
}

TEST(RequestPipelineTest, ARequestEndsAtItsDeadlineAndALateAnswerIsNobodys) {
  Context context;
  FakeClock time;
  Service service(context);
  auto options = ClientOptions(service.server.endpoint());
  options.connection.hello_period = std::chrono::hours(1);
  RequestPipeline client(context, options, time.clock());
  service.shard.hold = true;
  const RequestId ten = client.Send(AppendOf(0), Frame()).value();
  const RequestId two = client.Send(AppendOf(1), Frame(), {.timeout = Milliseconds(2000)}).value();
  const RequestId never =
      client.Send(AppendOf(2), Frame(), {.timeout = Milliseconds::max()}).value();
  ASSERT_TRUE(Spin(client, service.server, [&] { return service.shard.held.size() == 3; }));
  time.now += Milliseconds(1999);
  client.Poll(Milliseconds(0));
  EXPECT_FALSE(client.Take(two).has_value());
  time.now += Milliseconds(1);
  client.Poll(Milliseconds(0));
  EXPECT_EQ(client.Take(two)->error().code, ErrorCode::kTimeout);
  EXPECT_FALSE(client.Take(ten).has_value());
  time.now += Milliseconds(8000);
  client.Poll(Milliseconds(0));
  const auto expired = client.Take(ten);
  ASSERT_TRUE(expired.has_value());
  EXPECT_NE(expired->error().message.find("replay-0 at tcp://"), std::string::npos);
  service.shard.AnswerHeld();
  ASSERT_TRUE(Spin(client, service.server, [&] { return client.counters().answered == 1; }));
  EXPECT_EQ(client.counters().late, 2U);
  EXPECT_TRUE(client.Take(never)->ok());
}

TEST(RequestPipelineTest, ARefusedHelloIsFinalAndSaysWhatBothSidesAre) {
  Context context;
  Service service(context);
  service.shard.run = "run-2";
  RequestPipeline client(context, ClientOptions(service.server.endpoint()));
  const RequestId id = client.Send(AppendOf(0), Frame()).value();
  ASSERT_TRUE(Spin(client, service.server, [&] { return client.window().unanswered() == 0; }));
  EXPECT_EQ(client.connection().state(), Connection::State::kRefused);
  const auto reply = client.Take(id);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(reply->error().message.find("this is run run-2, you are run run-1"), std::string::npos);
  const auto again = client.Send(AppendOf(1), Frame());
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().message, reply->error().message);
  for (int i = 0; i < 20; ++i) {
    client.Poll(Milliseconds(1));
    service.server.Poll(Milliseconds(0));
  }
  EXPECT_EQ(service.shard.hellos, 1);
  EXPECT_TRUE(service.shard.appended.empty());
  EXPECT_EQ(service.server.peers(), 0U);
}

TEST(RequestPipelineTest, AHelloThatIsToComeBackLaterDoesAndIsServed) {
  Context context;
  Service service(context);
  service.shard.busy = true;
  RequestPipeline client(context, ClientOptions(service.server.endpoint()));
  const RequestId id = client.Send(AppendOf(0), Frame()).value();
  ASSERT_TRUE(Spin(client, service.server, [&] { return service.shard.hellos >= 3; }));
  EXPECT_FALSE(client.Take(id).has_value());
  service.shard.busy = false;
  ASSERT_TRUE(Spin(client, service.server, [&] { return client.counters().answered == 1; }));
  EXPECT_TRUE(client.Take(id)->ok());
}

TEST(RequestPipelineTest, ARefusalIsTheErrorOfItsRequestAlone) {
  Context context;
  Service service(context);
  RequestPipeline client(context, ClientOptions(service.server.endpoint()));
  service.shard.hold = true;
  const auto ids = SendAppends(client, 2);
  ASSERT_TRUE(Spin(client, service.server, [&] { return service.shard.held.size() == 2; }));
  service.server.Refuse(service.shard.held[0], {ErrorCode::kNotFound, "no such table"});
  service.shard.Answer(service.shard.held[1]);
  ASSERT_TRUE(Spin(client, service.server, [&] { return client.counters().answered == 2; }));
  const auto refused = client.Take(ids[0]);
  EXPECT_EQ(refused->error().code, ErrorCode::kNotFound);
  EXPECT_EQ(refused->error().message, "no such table");
  EXPECT_TRUE(client.Take(ids[1])->ok());
  EXPECT_TRUE(client.ready());
}

TEST(RequestPipelineTest, ADroppedRequestIsSentButItsAnswerIsForgotten) {
  Context context;
  Service service(context);
  RequestPipeline client(context, ClientOptions(service.server.endpoint()));
  client.Drop(client.Send(AppendOf(0), Frame()).value());
  ASSERT_TRUE(Spin(client, service.server, [&] { return client.counters().answered == 1; }));
  EXPECT_EQ(service.shard.appended.size(), 1U);
  EXPECT_EQ(client.window().size(), 0U);
}

TEST(RequestPipelineTest, ASilentClientShowsThatItIsAliveAndKeepsItsPlace) {
  Context context;
  FakeClock time;
  Service service(context, Service::LoopbackOptions(), time.clock());
  RequestPipeline client(context, ClientOptions(service.server.endpoint()), time.clock());
  service.shard.hold = true;
  client.Send(AppendOf(0), Frame(), {.timeout = Milliseconds::max()}).value();
  ASSERT_TRUE(Spin(client, service.server, [&] { return service.shard.held.size() == 1; }));
  for (int i = 0; i < 20; ++i) {  // 20 times 2 s: four times what the server bears
    time.now += Milliseconds(2000);
    ASSERT_TRUE(Spin(client, service.server, [&] { return service.shard.hellos == i + 2; }));
  }
  EXPECT_TRUE(service.shard.gone.empty());
  service.shard.AnswerHeld();
  ASSERT_TRUE(Spin(client, service.server, [&] { return client.counters().answered == 1; }));
}

TEST(RequestPipelineTest, AClientThatWasForgottenOnALivingConnectionAsksAgain) {
  Context context;
  FakeClock server_time;
  FakeClock client_time;
  Service service(context, Service::LoopbackOptions(), server_time.clock());
  RequestPipeline client(context, ClientOptions(service.server.endpoint()), client_time.clock());
  service.shard.hold = true;
  const RequestId id = client.Send(AppendOf(0), Frame(), {.timeout = Milliseconds::max()}).value();
  ASSERT_TRUE(Spin(client, service.server, [&] { return service.shard.held.size() == 1; }));
  server_time.now += std::chrono::seconds(11);
  ASSERT_TRUE(Eventually([&] {
    service.server.Poll(Milliseconds(1));
    return service.shard.gone.size() == 1;
  }));
  service.shard.AnswerHeld();  // to nobody
  service.shard.hold = false;
  client_time.now += std::chrono::seconds(11);
  ASSERT_TRUE(Spin(client, service.server, [&] { return client.counters().answered == 1; }));
  EXPECT_TRUE(client.Take(id)->ok());
  EXPECT_EQ(service.shard.appended, (std::vector<std::uint64_t>{0, 0}));
  EXPECT_EQ(client.connection().counters().attempts, 1U) << "the connection was never left";
}

}  // namespace
}  // namespace dyna::net
