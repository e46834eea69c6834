#include "common/net/resolver.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/common/net/net_testing.hpp"

namespace dyna::net {
namespace {

/// Names and addresses that the test decides on.
struct FakeDns {
  std::map<std::string, std::vector<std::string>> hosts;
  int look_ups = 0;

  Resolver::LookUpFunction function() {
    return [this](const Endpoint& endpoint) -> Result<std::vector<Endpoint>> {
      ++look_ups;
      const auto found = hosts.find(endpoint.host);
      if (found == hosts.end()) return Error{ErrorCode::kNotFound, endpoint.host + " is unknown"};
      std::vector<Endpoint> answers;
      for (const std::string& host : found->second) {
        answers.push_back({.host = host, .port = endpoint.port});
      }
      return answers;
    };
  }
};

void RunAtOnce(const std::function<void()>& work) { work(); }

Resolver::Options OptionsFor(std::vector<std::string> hosts) {
  Resolver::Options options{.period = Milliseconds(1000)};
  for (std::string& host : hosts) options.endpoints.push_back({.host = std::move(host), .port = 7});
  return options;
}

std::vector<std::string> Texts(const Resolver& resolver) {
  std::vector<std::string> texts;
  for (const Endpoint& endpoint : resolver.addresses()) texts.push_back(endpoint.text());
  return texts;
}
using Strings = std::vector<std::string>;

TEST(ResolverTest, GivesAllAddressesOfAllNamesOnce) {
  FakeClock time;
  FakeDns dns{.hosts = {{"b", {"10.0.0.3", "10.0.0.1"}}, {"a", {"10.0.0.1", "fd00::1"}}}};
  Resolver resolver(OptionsFor({"b", "a"}), time.clock(), dns.function(), RunAtOnce);
  EXPECT_FALSE(resolver.Poll());  // asks
  EXPECT_TRUE(resolver.Poll());   // and hears
  EXPECT_EQ(Texts(resolver),
            (Strings{"tcp://10.0.0.1:7", "tcp://10.0.0.3:7", "tcp://[fd00::1]:7"}));
  EXPECT_EQ(resolver.problem(), "");
}

TEST(ResolverTest, AsksAgainEachPeriodAndTellsChanges) {
  FakeClock time;
  FakeDns dns{.hosts = {{"a", {"10.0.0.1"}}}};
  Resolver resolver(OptionsFor({"a"}), time.clock(), dns.function(), RunAtOnce);
  resolver.Poll();
  EXPECT_TRUE(resolver.Poll());
  dns.hosts["a"].push_back("10.0.0.2");
  EXPECT_FALSE(resolver.Poll());
  EXPECT_EQ(dns.look_ups, 1);
  time.now += Milliseconds(1000);
  EXPECT_FALSE(resolver.Poll());
  EXPECT_TRUE(resolver.Poll());
  EXPECT_EQ(dns.look_ups, 2);
  EXPECT_EQ(Texts(resolver), (Strings{"tcp://10.0.0.1:7", "tcp://10.0.0.2:7"}));
  time.now += Milliseconds(1000);
  resolver.Poll();
  EXPECT_FALSE(resolver.Poll()) << "nothing has changed";
}

TEST(ResolverTest, ANameThatFailsKeepsItsAddressesAndSaysWhy) {
  FakeClock time;
  FakeDns dns{.hosts = {{"a", {"10.0.0.1"}}}};
  Resolver resolver(OptionsFor({"a", "b"}), time.clock(), dns.function(), RunAtOnce);
  resolver.Poll();
  EXPECT_TRUE(resolver.Poll());
  EXPECT_EQ(resolver.problem(), "b is unknown");
  dns.hosts = {{"b", {"10.0.0.2"}}};
  time.now += Milliseconds(1000);
  resolver.Poll();
  EXPECT_TRUE(resolver.Poll());
  EXPECT_EQ(Texts(resolver), (Strings{"tcp://10.0.0.1:7", "tcp://10.0.0.2:7"}));
  EXPECT_EQ(resolver.problem(), "a is unknown");
}

TEST(ResolverTest, ALookUpThatHangsIsNotAskedTwiceAndBlocksNobody) {
  FakeClock time;
  FakeDns dns{.hosts = {{"a", {"10.0.0.1"}}}};
  std::vector<std::function<void()>> pending;
  Resolver resolver(OptionsFor({"a"}), time.clock(), dns.function(),
                    [&](std::function<void()> work) { pending.push_back(std::move(work)); });
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(resolver.Poll());
    time.now += Milliseconds(1000);
  }
  ASSERT_EQ(pending.size(), 1U);
  pending[0]();
  EXPECT_TRUE(resolver.Poll());
}

TEST(ResolverTest, ARealLookUpOnItsOwnThreadFindsThisMachine) {
  Resolver resolver(OptionsFor({"127.0.0.1", "::1"}));
  EXPECT_TRUE(Eventually([&] { return resolver.Poll(); }));
  EXPECT_EQ(Texts(resolver), (Strings{"tcp://127.0.0.1:7", "tcp://[::1]:7"}));
}

TEST(LookUpTest, NumbersAndPathsAreTheirOwnAddressesAndUnknownNamesAreErrors) {
  const Endpoint path = {.transport = Endpoint::Transport::kIpc, .path = "/tmp/x"};
  EXPECT_EQ(LookUp(path).value(), (std::vector<Endpoint>{path}));
  const Endpoint number = {.host = "10.1.2.3", .port = 4};
  EXPECT_EQ(LookUp(number).value(), (std::vector<Endpoint>{number}));
  const auto unknown = LookUp({.host = "no-such-host.invalid", .port = 4});
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message.find("no-such-host.invalid"), std::string::npos);
}

}  // namespace
}  // namespace dyna::net
