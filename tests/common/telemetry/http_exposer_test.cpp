#include "common/telemetry/http_exposer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "common/telemetry/health_check.hpp"
#include "tests/support/raw_socket.hpp"

namespace dyna::telemetry {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;
using testing_support::RawSocket;

class HttpExposerTest : public testing::Test {
 protected:
  std::string Request(const std::string& text) const {
    const RawSocket socket(exposer_.port());
    socket.Send(text);
    return socket.ReceiveAll();
  }
  std::string Get(const std::string& path) const {
    return Request("GET " + path + " HTTP/1.0\r\n\r\n");
  }

  Metrics metrics_{{.role = "replay", .version = "1.0"}};
  Health health_{{.role = "replay", .version = "1.0"}};
  HttpExposer exposer_{{.port = HttpExposer::kAnyPort}, metrics_, health_};
};

TEST_F(HttpExposerTest, ServesTheMetricsAsText) {
  metrics_.counter(metrics::kReplaySamples, {"real"}).Add(7.0);
  const std::string reply = Get("/metrics");
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(reply, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(reply, HasSubstr("\ndyna_replay_samples_total{table=\"real\"} 7\n"));
}

TEST_F(HttpExposerTest, HealthIs200OrElse503WithTheReason) {
  health_.SetState("running");
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(Get("/healthz"), HasSubstr("\"role\":\"replay\",\"version\":\"1.0\""));
  health_.MarkFailed("the disk is full");
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(Get("/healthz"), HasSubstr("the disk is full"));
}

TEST_F(HttpExposerTest, AnythingElseIsNotThereAndNothingCanBeWritten) {
  for (const char* path : {"/", "/metrics/x", "/healthz/..", "/etc/passwd", "/../etc/passwd"}) {
    EXPECT_THAT(Get(path), StartsWith("HTTP/1.")) << path;
    EXPECT_THAT(Get(path).substr(9, 1), "4") << path;
  }
  for (const char* method : {"POST", "PUT", "DELETE"}) {
    const std::string reply =
        Request(std::string(method) + " /metrics HTTP/1.0\r\nContent-Length: 0\r\n\r\n");
    EXPECT_THAT(reply.substr(9, 1), "4") << method;
  }
  EXPECT_THAT(Request("HEAD /metrics HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(Request("HEAD /metrics HTTP/1.0\r\n\r\n").find("dyna_"), std::string::npos);
}

/// Says what it was asked.
class EchoPages : public HttpPages {
 public:
  Answer Get(const std::string& path, const Parameters& parameters) const override {
    const auto a = parameters.find("a");
    return {.status = 201,
            .type = "text/x-echo",
            .body = path + "?" + (a == parameters.end() ? "" : a->second)};
  }
};

TEST_F(HttpExposerTest, MountedPagesAnswerEveryOtherPathAndOnlyThat) {
  EXPECT_THAT(Get("/page"), StartsWith("HTTP/1.1 404 "));
  exposer_.Mount(std::make_shared<const EchoPages>());
  const std::string reply = Get("/page?a=x%20y");
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 201 "));
  EXPECT_THAT(reply, HasSubstr("Content-Type: text/x-echo\r\n"));
  EXPECT_THAT(reply, HasSubstr("\r\n\r\n/page?x y"));
  EXPECT_THAT(Get("/metrics"), HasSubstr("dyna_build_info"));
  EXPECT_THAT(Get("/healthz"), HasSubstr("\"role\":\"replay\""));
  EXPECT_THAT(Request("POST /page HTTP/1.0\r\nContent-Length: 0\r\n\r\n"),
              StartsWith("HTTP/1.1 405 "));
}

TEST_F(HttpExposerTest, JunkAndEndlessHeadersHurtNobody) {
  Request(std::string("\x00\xff\x01 \r\n\r\n", 8));
  Request("GET /metrics HTTP/1.0\r\nX: " + std::string(1 << 20, 'a'));
  { const RawSocket leaves_at_once(exposer_.port()); }
  EXPECT_THAT(Get("/metrics"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpExposerTest, OneReaderThatSaysNothingDoesNotHideTheHealth) {
  const RawSocket silent(exposer_.port());
  EXPECT_TRUE(AskHealth("127.0.0.1", exposer_.port(), seconds(30)).healthy);
}

TEST_F(HttpExposerTest, ManyMayReadWhileTheLoopWrites) {
  Counter samples = metrics_.counter(metrics::kReplaySamples, {"real"});
  std::jthread loop([this, samples](const std::stop_token& stop) mutable {
    while (!stop.stop_requested()) {
      samples.Add();
      health_.SetState("running");
    }
  });
  std::vector<std::jthread> readers;
  for (int reader = 0; reader < 4; ++reader) {
    readers.emplace_back([this] {
      for (int i = 0; i < 5; ++i) {
        EXPECT_THAT(Get("/metrics"), HasSubstr("dyna_replay_samples_total"));
        EXPECT_TRUE(AskHealth("127.0.0.1", exposer_.port(), seconds(30)).healthy);
      }
    });
  }
}

TEST_F(HttpExposerTest, ATakenPortIsTheOperatorsMistake) {
  try {
    const HttpExposer second({.port = exposer_.port()}, metrics_, health_);
    ADD_FAILURE() << "listens twice";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("metrics.port = " + std::to_string(exposer_.port()) +
                                        ": cannot listen on 127.0.0.1"));
  }
}

TEST_F(HttpExposerTest, APortOfZeroServesNothing) {
  const HttpExposer none({.port = HttpExposer::kNoPort}, metrics_, health_);
  EXPECT_EQ(none.port(), 0);
}

TEST_F(HttpExposerTest, AnAddressThatIsNoneIsTheOperatorsMistake) {
  for (const char* address : {"localhost", "", "1.2.3", "127.0.0.1:80", "0.0.0.0,9999", "::g"}) {
    EXPECT_THROW(
        HttpExposer({.address = address, .port = HttpExposer::kAnyPort}, metrics_, health_),
        ConfigError)
        << address;
  }
}

TEST_F(HttpExposerTest, LeavesTheProcessChildrenToTheProcess) {
  struct sigaction now = {};
  ASSERT_EQ(::sigaction(SIGCHLD, nullptr, &now), 0);
  EXPECT_EQ(now.sa_handler, SIG_DFL);
}

TEST_F(HttpExposerTest, ReadsItsKeys) {
  Config config = Config::FromText("[metrics]\naddress = \"0.0.0.0\"\nport = 9100\n", "test.toml");
  const auto options = HttpExposer::Options::From(config);
  config.RequireAllKeysUsed();
  EXPECT_EQ(options.address, "0.0.0.0");
  EXPECT_EQ(options.port, 9100);
  Config none;
  EXPECT_EQ(HttpExposer::Options::From(none).port, HttpExposer::kNoPort);
}

class HealthCheckTest : public HttpExposerTest {};

TEST_F(HealthCheckTest, GivesTheProcessOwnWords) {
  health_.SetState("waiting_for_grant", "grant: 9 rows");
  const HealthCheck well = AskHealth("127.0.0.1", exposer_.port(), seconds(30));
  EXPECT_TRUE(well.healthy);
  EXPECT_THAT(well.text, HasSubstr("\"state\":\"waiting_for_grant\""));
  health_.MarkFailed("no disk");
  const HealthCheck failed = AskHealth("127.0.0.1", exposer_.port(), seconds(30));
  EXPECT_FALSE(failed.healthy);
  EXPECT_THAT(failed.text, HasSubstr("\"reason\":\"no disk\""));
}

/// A port of this machine on which a peer accepts and answers `reply`, or nothing at all.
class FakeServer {
 public:
  explicit FakeServer(std::string reply)
      : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)), reply_(std::move(reply)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(descriptor_, 4), 0);
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    if (!reply_.empty()) {
      thread_ = std::jthread([this] {
        const int peer = ::accept(descriptor_, nullptr, nullptr);
        (void)!::send(peer, reply_.data(), reply_.size(), MSG_NOSIGNAL);
        ::shutdown(peer, SHUT_WR);
        char buffer[256];
        while (::recv(peer, buffer, sizeof buffer, 0) > 0) {
        }
        ::close(peer);
      });
    }
  }
  ~FakeServer() {
    if (thread_.joinable()) thread_.join();
    ::close(descriptor_);
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  int port() const noexcept { return port_; }

 private:
  int descriptor_;
  std::string reply_;
  int port_ = 0;
  std::jthread thread_;
};

TEST_F(HealthCheckTest, SaysWhyThereWasNoAnswer) {
  EXPECT_THAT(AskHealth("not an address", 80, seconds(30)).text,
              HasSubstr("not an address:80: nobody listens there"));
  int closed = 0;
  {
    const FakeServer gone("");
    closed = gone.port();
  }
  const HealthCheck refused = AskHealth("127.0.0.1", closed, seconds(30));
  EXPECT_FALSE(refused.healthy);
  EXPECT_THAT(refused.text, HasSubstr("nobody listens there"));
  const FakeServer silent("");
  const HealthCheck late = AskHealth("127.0.0.1", silent.port(), milliseconds(50));
  EXPECT_FALSE(late.healthy);
  EXPECT_THAT(late.text, HasSubstr("no HTTP answer in time"));
}

TEST_F(HealthCheckTest, TrustsNoStrangeServer) {
  const auto ask = [](const std::string& reply) {
    const FakeServer server(reply);
    return AskHealth("127.0.0.1", server.port(), seconds(30));
  };
  EXPECT_THAT(ask("SSH-2.0-OpenSSH\r\n").text, HasSubstr("no HTTP answer"));
  EXPECT_THAT(ask("HTTP/1.1 302 Found\r\n\r\nelsewhere").text,
              HasSubstr("HTTP status 302, not 200 or 503"));
  EXPECT_FALSE(ask("HTTP/1.1 302 Found\r\n\r\nelsewhere").healthy);
  const HealthCheck flood = ask("HTTP/1.1 200 OK\r\n\r\n" + std::string(1 << 22, 'x'));
  EXPECT_LT(flood.text.size(), 1U << 17U);
}

}  // namespace
}  // namespace dyna::telemetry
