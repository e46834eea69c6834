#include "common/service/security.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "common/core/error.hpp"
#include "common/net/key_files.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::service {
namespace {

namespace fs = std::filesystem;
using wire::Role;

class SecurityTest : public testing::Test {
 protected:
  SecurityTest() { identity_.role = Role::kReplay; }

  Security Make(const std::string& toml) {
    Config config = Config::FromText(toml, "test");
    auto options = Security::Options::From(config);
    config.RequireAllKeysUsed();
    return Security(std::move(options), context_, identity_, metrics_, log_);
  }
  fs::path keys() const { return root_ / "keys"; }
  std::string WithKeys() const { return "[keys]\nfolder = \"" + keys().string() + "\"\n"; }
  /// What the OperatorError says that `act` throws; empty if it throws none.
  template <class Act>
  static std::string ErrorOf(Act act) {
    try {
      act();
    } catch (const OperatorError& error) {
      return error.what();
    }
    return {};
  }
  static bool Has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }

  const testing_support::TemporaryFolder temporary_;
  const fs::path root_ = temporary_.path();
  std::ostringstream lines_ = {};
  telemetry::Log log_{{.role = "replay", .instance = "replay-0"}, lines_};
  telemetry::Metrics metrics_{{.role = "replay"}};
  wire::Identity identity_ = {};
  net::Context context_ = {};
};

TEST_F(SecurityTest, WithoutKeysOnlyThisMachineIsServedUnlessToldSo) {
  Security security = Make("");
  for (const char* local : {"tcp://127.0.0.1:0", "tcp://127.1.2.3:0", "tcp://localhost:1",
                            "tcp://[::1]:0", "ipc:///tmp/x"}) {
    EXPECT_EQ(ErrorOf([&] { (void)security.Listen("replay.bind", local); }), "");
  }
  for (const char* open :
       {"tcp://*:0", "tcp://0.0.0.0:1", "tcp://10.0.0.1:1", "tcp://[::]:0", "tcp://eth0:1",
        "tcp://127.example.org:1", "tcp://[::ffff:10.0.0.1]:1", "tcp://128.0.0.1:1"}) {
    const std::string error = ErrorOf([&] { (void)security.Listen("replay.bind", open); });
    EXPECT_TRUE(Has(error, "replay.bind") && Has(error, open)) << error;
    EXPECT_TRUE(Has(error, "keys.folder") && Has(error, "net.allow_insecure = true")) << error;
  }
  Security open = Make("[net]\nallow_insecure = true\n");
  const auto options = open.Listen("replay.bind", "tcp://*:0");
  EXPECT_EQ(options.guard, nullptr);
  EXPECT_FALSE(options.socket.secure);
  EXPECT_FALSE(security.ToServer(Role::kLearner).secure);
}

TEST_F(SecurityTest, WithKeysEveryAddressMayBeListenedOnAndNobodyComesWithout) {
  net::MakeKeyFolder(keys());
  Security security = Make(WithKeys());
  const auto options = security.Listen("replay.bind", "tcp://*:0");
  ASSERT_NE(options.guard, nullptr);
  EXPECT_TRUE(options.socket.secure);
  EXPECT_TRUE(security.ToServer(Role::kLearner).secure);
  const auto actor = net::ReadPublicKey(keys() / "actor.public");
  EXPECT_TRUE(options.guard->MayConnect(actor, "").ok());
  EXPECT_FALSE(options.guard->MayConnect(net::MakeKeyPair().public_key, "").ok());
}

TEST_F(SecurityTest, EveryFileThatIsMissingOrWrongIsNamed) {
  net::MakeKeyFolder(keys());
  fs::remove(keys() / "learner.public");
  Security security = Make(WithKeys());
  EXPECT_TRUE(Has(ErrorOf([&] { (void)security.ToServer(Role::kLearner); }), "learner.public"));
  fs::remove(keys() / "allowlist");
  EXPECT_TRUE(Has(ErrorOf([&] { (void)security.Listen("k", "tcp://*:0"); }), "allowlist"));
  Security elsewhere = Make(WithKeys() + "secret = \"" + (root_ / "mine").string() + "\"\n");
  EXPECT_TRUE(Has(ErrorOf([&] { (void)elsewhere.ToServer(Role::kReplay); }), "mine"));
  for (const char* half : {"[keys]\nsecret = \"x\"\n", "[keys]\nallowlist = \"x\"\n"}) {
    EXPECT_TRUE(Has(ErrorOf([&] { (void)Make(half); }), "keys.folder"));
  }
}

TEST_F(SecurityTest, TheRoleThatCountsIsTheOneAtFirstUse) {
  net::MakeKeyFolder(keys());
  fs::remove(keys() / "actor.secret");
  identity_.role = Role::kActor;
  Security security = Make(WithKeys());
  identity_.role = Role::kEvaluator;
  EXPECT_TRUE(security.ToServer(Role::kLearner).secure);
}

TEST_F(SecurityTest, SighupReadsTheAllowlistAgainAndAWrongOneChangesNothing) {
  net::MakeKeyFolder(keys());
  Security security = Make(WithKeys());
  net::Guard& guard = *security.Listen("k", "tcp://127.0.0.1:0").guard;
  const std::string added = net::MakeKeyPair().public_key;
  const auto append = [&](const std::string& line) {
    std::ofstream(keys() / "allowlist", std::ios::app) << line;
  };
  append(net::Allowlist::Line(Role::kActor, added, "robot"));
  security.Tick();
  EXPECT_FALSE(guard.MayStay(added, Role::kActor));
  ASSERT_EQ(std::raise(SIGHUP), 0);
  security.Tick();
  EXPECT_TRUE(guard.MayStay(added, Role::kActor));
  append("junk\n");
  ASSERT_EQ(std::raise(SIGHUP), 0);
  security.Tick();
  EXPECT_TRUE(guard.MayStay(added, Role::kActor));
  EXPECT_TRUE(Has(lines_.str(), "'junk' is not a role")) << lines_.str();
  const std::string page = metrics_.Text();
  EXPECT_TRUE(Has(page, R"(dyna_transport_allowlist_reloads_total{outcome="applied"} 1)")) << page;
  EXPECT_TRUE(Has(page, R"(dyna_transport_allowlist_reloads_total{outcome="refused"} 1)"));
}

TEST_F(SecurityTest, RefusalsAreAllCountedAndSeldomLogged) {
  net::MakeKeyFolder(keys());
  Security security = Make(WithKeys());
  net::Guard& guard = *security.Listen("k", "tcp://127.0.0.1:0").guard;
  lines_.str("");
  for (int i = 0; i < 1000; ++i) {
    (void)guard.MayConnect(net::MakeKeyPair().public_key, "10.0.0.9");
    security.Tick();
  }
  EXPECT_TRUE(Has(metrics_.Text(), R"(dyna_transport_refusals_total{reason="unknown_key"} 1000)"));
  const std::string log = lines_.str();
  EXPECT_TRUE(Has(log, "10.0.0.9"));
  // One line at once, then one in ten seconds: far fewer than refusals, however slow the machine.
  EXPECT_LT(std::count(log.begin(), log.end(), '\n'), 100);
}

}  // namespace
}  // namespace dyna::service
