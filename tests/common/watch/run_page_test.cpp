#include "common/watch/run_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/watch/embedded_files.hpp"
#include "tests/common/watch/json_check.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::watch {
namespace {

using telemetry::HttpExposer;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class RunPageTest : public testing::Test {
 protected:
  RunPageTest() {
    RunPage::Options options = {.run = "r\"1", .steps = 500, .life = 7, .folder = folder_.path()};
    options.watcher.others = {
        net::ConnectEndpoint("test", "tcp://127.0.0.1:" + std::to_string(other_http_.port()))};
    Target self = {.address = "here", .instance = "learner-0", .role = "learner", .ask = [this] {
                     return LocalScrape(metrics_, health_);
                   }};
    http_.Mount(std::make_shared<const RunPage>(std::move(options), std::move(self)));
  }
  std::string Request(const std::string& text) const {
    const testing_support::RawSocket socket(http_.port());
    socket.Send(text);
    return socket.ReceiveAll();
  }
  std::string Get(const std::string& path) const {
    return Request("GET " + path + " HTTP/1.0\r\n\r\n");
  }

  testing_support::TemporaryFolder folder_;
  telemetry::Metrics metrics_{{.role = "learner"}};
  telemetry::Health health_{{.role = "learner", .instance = "learner-0"}};
  telemetry::Metrics other_metrics_{{.role = "replay"}};
  telemetry::Health other_health_{{.role = "replay", .instance = "replay-1"}};
  HttpExposer other_http_{{.port = HttpExposer::kAnyPort}, other_metrics_, other_health_};
  HttpExposer http_{{.port = HttpExposer::kAnyPort}, metrics_, health_};
};

TEST_F(RunPageTest, ServesEveryFileWithItsTypeAndLetsNothingElseIn) {
  const std::string page = Get("/");
  EXPECT_THAT(page, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(page, HasSubstr("Content-Type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT(page, HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'"));
  EXPECT_THAT(page, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(Get("/app.js"), HasSubstr("Content-Type: text/javascript; charset=utf-8\r\n"));
  EXPECT_THAT(Get("/page.css"), HasSubstr("Content-Type: text/css; charset=utf-8\r\n"));
  EXPECT_THAT(Get("/icon.svg"), HasSubstr("Content-Type: image/svg+xml\r\n"));
  for (const EmbeddedFile& file : EmbeddedFiles()) {
    EXPECT_THAT(Get("/" + std::string(file.name)), StartsWith("HTTP/1.1 200 OK\r\n")) << file.name;
  }
}

TEST_F(RunPageTest, FilesReferToNothingOutsideAndHoldNoScriptThatThePolicyForbids) {
  for (const EmbeddedFile& file : EmbeddedFiles()) {
    if (file.name.starts_with("uPlot")) continue;  // names its home page in a comment
    const std::string text(file.text);
    const auto address = text.find("://");
    if (file.name != "icon.svg" && address != std::string::npos) {
      EXPECT_THAT(text.substr(address), StartsWith("://www.w3.org/2000/svg")) << file.name;
    }
    EXPECT_THAT(text, Not(HasSubstr("innerHTML"))) << file.name;
    EXPECT_THAT(text, Not(HasSubstr("<style"))) << file.name;
    EXPECT_THAT(text, Not(HasSubstr(" style=\""))) << file.name;
  }
}

TEST_F(RunPageTest, UnknownPathsAreNotThereAndNothingCanBeWritten) {
  for (const char* path : {"/api", "/api/", "/api/status/x", "/index.htm", "/../etc/passwd",
                           "/vendor/", "//", "/%2e%2e/app.js", "/app.js%00"}) {
    EXPECT_THAT(Get(path), StartsWith("HTTP/1.1 404 ")) << path;
  }
  for (const char* method : {"POST", "PUT", "DELETE"}) {
    EXPECT_THAT(Request(std::string(method) + " /api/status HTTP/1.0\r\nContent-Length: 0\r\n\r\n"),
                StartsWith("HTTP/1.1 405 "))
        << method;
  }
  const std::string head = Request("HEAD /api/status HTTP/1.0\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("learner-0")));
}

TEST(JsonCheckTest, KnowsWhatIsJson) {
  for (const char* text : {"{}", "[]", "[1,-0.5,2e+9]", R"({"a":[null,true,"\"\u000a"]})", " 1 "}) {
    EXPECT_TRUE(JsonCheck::Valid(text)) << text;
  }
  for (const char* text : {"", "{", "[1,]", "{a:1}", "[nan]", "[1 2]", "\"\n\"", "01", "1.", "[]x",
                           "{\"a\":}", R"("\x")"}) {
    EXPECT_FALSE(JsonCheck::Valid(text)) << text;
  }
}

TEST_F(RunPageTest, AnswersAreJsonWhateverIsSaid) {
  health_.SetState("waiting_for_x", std::string("</script>\"\\\n\t\x01\xff\xc3") + "{,}");
  std::ofstream(folder_ / "progress.csv")
      << "env_steps,eval_return_mean,wall_seconds\n1e300,-inf,nan\n,,\n\"x,0x1p3\n-5,1e-320,.5\n";
  EXPECT_TRUE(testing_support::Eventually(
      [this] { return Get("/api/status").find("waiting_for_x") != std::string::npos; }));
  for (const char* path : {"/api/status", "/api/curve", "/api/curve?since=%22%7b"}) {
    const std::string answer = Get(path);
    EXPECT_TRUE(JsonCheck::Valid(answer.substr(answer.find("\r\n\r\n") + 4))) << answer;
  }
}

TEST_F(RunPageTest, TheStatusHasAllProcesses) {
  health_.SetState("waiting_for_replay", "table 'real': 3 of 9");
  metrics_.gauge(telemetry::metrics::kPolicyVersion).Set(12.0);
  EXPECT_TRUE(testing_support::Eventually([this] {
    const std::string status = Get("/api/status");
    return status.find("replay-1") != std::string::npos &&
           status.find("\"policy_version\":12") != std::string::npos;
  }));
  const std::string status = Get("/api/status");
  EXPECT_THAT(status, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(status, HasSubstr("{\"run\":\"r\\\"1\",\"environment\":\"\",\"steps\":500,"));
  EXPECT_THAT(status, HasSubstr("\"reason\":\"table 'real': 3 of 9\""));
}

TEST_F(RunPageTest, TheCurveIsThatOfTheRunFolder) {
  EXPECT_THAT(Get("/api/curve"), HasSubstr("\"evaluations\":[],\"episodes\":[]"));
  std::ofstream(folder_ / "progress.csv") << "env_steps,eval_return_mean\n250,-3\n";
  EXPECT_THAT(Get("/api/curve?since="), HasSubstr("\"evaluations\":[[250,-3,"));
  EXPECT_THAT(Get("/api/curve?since=7-30-0"), Not(HasSubstr("\"reset\":true")));
}

TEST_F(RunPageTest, AWrongAddressOfMetricsIsTheOperatorsMistake) {
  const auto read = [](const std::string& text) {
    Config config = Config::FromText("[cluster]\nmetrics = [\"" + text + "\"]\n", "test.toml");
    return Watcher::Options::From(config);
  };
  EXPECT_EQ(read("actor:9464").others.at(0).host, "actor");
  EXPECT_EQ(read("[::1]:9464").others.at(0).host, "::1");
  for (const char* text : {"", "actor", "actor:0", "*:9464", "http://actor:9464", "a:99999"}) {
    EXPECT_THROW((void)read(text), ConfigError) << text;
  }
}

}  // namespace
}  // namespace dyna::watch
