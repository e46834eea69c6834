#include "common/telemetry/http_exposer.hpp"

#include <arpa/inet.h>
#include <httplib.h>

#include <array>
#include <thread>
#include <utility>

#include "common/core/mutex.hpp"

namespace dyna::telemetry {
namespace {

constexpr int kReadSeconds = 3;

void RequireAddress(const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> buffer{};
  const int family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
  if (::inet_pton(family, address.c_str(), buffer.data()) == 1) return;
  throw ConfigError("metrics.address = '" + address +
                    "' is not an IPv4 or IPv6 address such as 127.0.0.1, 0.0.0.0 or ::");
}

/// The library's own default would let two processes share a port without noticing.
void SetSocketOptions(socket_t socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

void AnswerMetrics(const Metrics& metrics, httplib::Response& response) {
  response.set_content(metrics.Text(), "text/plain; version=0.0.4; charset=utf-8");
}

void AnswerHealth(const Health& health, httplib::Response& response) {
  const Health::Report report = health.report();
  response.status = report.healthy ? 200 : 503;
  response.set_content(report.json, "application/json");
}

/// A page of ours needs nothing but itself; no other site may frame it or read it as another type.
const httplib::Headers& AllAnswersHeaders() {
  static const httplib::Headers kHeaders = {
      {"Cache-Control", "no-store"},
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
       "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Referrer-Policy", "no-referrer"},
      {"X-Content-Type-Options", "nosniff"}};
  return kHeaders;
}

void RefuseMethod(const httplib::Request& /*request*/, httplib::Response& response) {
  response.status = 405;
  response.set_content("only GET and HEAD\n", "text/plain");
}

}  // namespace

struct HttpExposer::Impl {
  httplib::Server server = {};
  std::thread thread = {};
  int port = 0;
  Mutex mutex = {};
  std::shared_ptr<const HttpPages> pages DYNA_GUARDED_BY(mutex) = {};

  void AnswerPage(const httplib::Request& request, httplib::Response& response) {
    std::shared_ptr<const HttpPages> mounted;
    {
      const MutexLock lock(mutex);
      mounted = pages;
    }
    HttpPages::Answer answer = {.status = 404, .body = "no such page\n"};
    if (mounted) answer = mounted->Get(request.path, request.params);
    response.status = answer.status;
    response.set_content(answer.body, answer.type);
  }
};

HttpExposer::Options HttpExposer::Options::From(Config& config) {
  Options options;
  options.address = config.GetString("metrics.address", options.address);
  options.port = config.GetInt("metrics.port", options.port, kAnyPort, 65'535);
  return options;
}

HttpExposer::HttpExposer(const Options& options, const Metrics& metrics, const Health& health)
    : impl_(std::make_unique<Impl>()) {
  RequireAddress(options.address);
  if (options.port == kNoPort) return;
  httplib::Server& server = impl_->server;
  // Four threads, so that slow readers, and the spare connections that browsers open, do not hide
  // the health of the process for long.
  server.new_task_queue = [] { return new httplib::ThreadPool(4); };  // NOLINT: it takes it over
  server.set_socket_options(SetSocketOptions);
  server.set_keep_alive_max_count(1);
  server.set_read_timeout(kReadSeconds, 0);
  server.set_write_timeout(kReadSeconds, 0);
  server.set_payload_max_length(1024);
  server.set_default_headers(AllAnswersHeaders());
  server.Get("/metrics", [&metrics](const httplib::Request&, httplib::Response& response) {
    AnswerMetrics(metrics, response);
  });
  server.Get("/healthz", [&health](const httplib::Request&, httplib::Response& response) {
    AnswerHealth(health, response);
  });
  server.Get(".*", [this](const httplib::Request& request, httplib::Response& response) {
    impl_->AnswerPage(request, response);
  });
  server.Post(".*", RefuseMethod).Put(".*", RefuseMethod).Delete(".*", RefuseMethod);

  if (options.port == kAnyPort) {
    impl_->port = server.bind_to_any_port(options.address);
  } else if (server.bind_to_port(options.address, static_cast<int>(options.port))) {
    impl_->port = static_cast<int>(options.port);
  }
  if (impl_->port <= 0) {
    throw ConfigError("metrics.port = " + std::to_string(options.port) + ": cannot listen on " +
                      options.address + " (is it in use, or the address another machine's?)");
  }
  impl_->thread = std::thread([&server] { server.listen_after_bind(); });
}

HttpExposer::~HttpExposer() {
  if (!impl_->thread.joinable()) return;
  while (!impl_->server.is_running()) std::this_thread::yield();  // stop() before that is lost
  impl_->server.stop();
  impl_->thread.join();
}

int HttpExposer::port() const noexcept { return impl_->port; }

void HttpExposer::Mount(std::shared_ptr<const HttpPages> pages) {
  const MutexLock lock(impl_->mutex);
  impl_->pages = std::move(pages);
}

}  // namespace dyna::telemetry
